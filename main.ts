import { App } from 'cdk8s';
import { TarsChart } from 'cdk8s-tars';

const app = new App();
new TarsChart(app, 'tars');

// Run as a program (by `cdk8s synth`) it writes the manifests itself; `tars synth` imports it.
if (require.main === module) app.synth();

export default app;
