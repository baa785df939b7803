/**
 * Run by `npm test` as `node --experimental-vm-modules …`, so that `await import()` of packages
 * that are ESM only works inside Jest.
 * @type {import('jest').Config}
 */
module.exports = {
  // Ends what hangs; how long a test takes is no matter of a test.
  testTimeout: 300_000,
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // These two have runners of their own: they need real servers.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/testbed/', '<rootDir>/test/e2e/'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/test/testbed/'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
        module: { type: 'commonjs', ignoreDynamic: true },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^cdk8s-tars$': '<rootDir>/lib/index.ts',
    '^cdk8s-tars/plus$': '<rootDir>/lib/plus.ts',
    '^cdk8s-tars/ops$': '<rootDir>/lib/ops.ts',
    // await import('./x.js'), as Node wants it written, is x.ts here.
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'],
  },
  snapshotResolver: '<rootDir>/.ci/snapshot-resolver.cjs',
  // The tests of the command line run the built program.
  globalSetup: '<rootDir>/.ci/jest-global-setup.mjs',
  snapshotFormat: { escapeString: false, printBasicPrototype: false },
  restoreMocks: true,
  errorOnDeprecated: true,
  collectCoverageFrom: ['lib/**/*.ts'],
  coverageDirectory: 'coverage',
};
