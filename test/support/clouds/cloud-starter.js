// Starts an embedded cloud, tells its parent the file and stays: a starter that a test can kill.
const { startCloud } = require('../../../dist/local/cloud');
const { freePorts } = require('../../../dist/local/cloud-ports');
const { silentLogger } = require('../../../dist/shared/kernel/logger');

const options = JSON.parse(process.argv[2]);
startCloud({ log: silentLogger, ports: freePorts, ...options }).then(
  (cloud) => process.send({ type: 'ready', file: cloud.file }),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
