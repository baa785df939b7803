// test/kubernetes/workload.test.ts ↔ __snapshots__/kubernetes/workload.test.ts.snap
const { join, relative, dirname } = require('node:path');

const root = dirname(__dirname);
const tests = join(root, 'test');
const snapshots = join(root, '__snapshots__');

module.exports = {
  resolveSnapshotPath: (test, extension) => join(snapshots, relative(tests, test)) + extension,
  resolveTestPath: (snapshot, extension) => join(tests, relative(snapshots, snapshot).slice(0, -extension.length)),
  testPathForConsistencyCheck: join(tests, 'model', 'example.test.ts'),
};
