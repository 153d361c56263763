// jest's globalTeardown: ends the clouds that pool.js started.
module.exports = () => globalThis.stopCloudPool();
