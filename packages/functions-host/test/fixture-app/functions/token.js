const { app } = require('@azure/functions');

app.http('token', {
  methods: ['GET'],
  handler: async () => {
    const { DefaultAzureCredential } = require('@azure/identity');
    const credential = new DefaultAzureCredential();
    const { token, expiresOnTimestamp } = await credential.getToken('https://graph.microsoft.com/.default');
    return { jsonBody: { token, expiresOnTimestamp } };
  },
});
