// cdk-nag's HIPAA pack over a plain template: its path is the argument, JSON of findings goes out.
const { App, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const { HIPAASecurityChecks } = require('cdk-nag');

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'Porchlight');
new CfnInclude(stack, 'T', { templateFile: process.argv[2], preserveLogicalIds: true });
const report = new HIPAASecurityChecks(app).validateScope(app);
console.log(JSON.stringify(report));
