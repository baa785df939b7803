// Who may import whom: the table "Folders of lib/ and what each may import" of the architecture,
// read by `npm run lint:architecture`. Type-only imports count.

/**
 * One line for each room of lib/: the rooms it may import beside itself, and which of the packages
 * in CONSTRUCT_PACKAGES. `types` are rooms or imports/ of which it may use the types only.
 */
const ROOMS = {
  model: { rooms: [], packages: [] },
  rules: { rooms: ['model', 'policy'], packages: [] },
  kubernetes: { rooms: ['model', 'policy', 'imports'], packages: ['cdk8s-plus-27'] },
  compose: { rooms: ['model'], packages: [] },
  docker: { rooms: ['model'], packages: [] },
  gateway: { rooms: ['model', 'policy'], packages: [] },
  monitoring: { rooms: ['model'], types: ['imports'], packages: [] },
  diagram: { rooms: ['model'], packages: [] },
  constructs: {
    rooms: ['model', 'rules', 'kubernetes', 'monitoring', 'verify', 'imports'],
    packages: ['cdk8s', 'constructs'],
  },
  verify: { rooms: ['model', 'rules'], packages: [] },
  secrets: { rooms: ['model'], packages: [] },
  policy: { rooms: ['model'], types: ['imports'], packages: [] },
  ops: { rooms: ['model', 'policy'], packages: [] },
  // lib/synth.ts, and the folder lib/synth/ beside it.
  synth: {
    rooms: [
      'model',
      'constructs',
      'kubernetes',
      'verify',
      'secrets',
      'compose',
      'docker',
      'gateway',
      'monitoring',
      'diagram',
    ],
    packages: ['cdk8s', 'constructs'],
  },
  cli: {
    rooms: ['synth', 'policy', 'rules', 'verify', 'ops', 'model', 'secrets', 'diagram', 'constructs'],
    packages: ['cdk8s', 'constructs'],
  },
  // The public surfaces.
  plus: { rooms: ['model', 'constructs', 'kubernetes'], packages: ['cdk8s', 'cdk8s-plus-27', 'constructs'] },
  index: {
    rooms: [
      'model',
      'rules',
      'kubernetes',
      'compose',
      'docker',
      'gateway',
      'monitoring',
      'diagram',
      'constructs',
      'verify',
      'secrets',
      'policy',
      'ops',
      'synth',
    ],
    packages: ['cdk8s', 'constructs'],
  },
};

/** Packages that only the rooms which name them may import. */
const CONSTRUCT_PACKAGES = ['cdk8s', 'cdk8s-plus-\\d+', 'constructs'];
/** May read and write files. */
const FILES = ['synth', 'cli'];
/** Beside them: it removes the socket that a killed process has left. */
const LOCAL_LOCK = '^lib/ops/autoscaling/local-lock\\.ts$';
/** And these: which kubeconfigs are there, and what is in them. */
const KUBECONFIG = '^lib/ops/cluster-client/(kubeconfig|bounded-file)\\.ts$';
/** The adapter of the cluster client. */
const CLUSTER_CLIENT = '^lib/ops/cluster-client(/|\\.ts$)';

const folder = (room) => (room === 'imports' ? '^imports/' : `^lib/${room}(/|\\.ts$)`);
const any = (rooms) => rooms.map(folder).join('|');
const packagePath = (names) => `^node_modules/(${names.join('|')})/`;

const rooms = Object.entries(ROOMS).flatMap(([room, { rooms: allowed, types = [], packages }]) => [
  {
    name: `${room}-imports`,
    comment: `lib/${room} may import ${allowed.join(', ') || 'nothing of the project'}${types.length > 0 ? `, and types of ${types.join(', ')}` : ''}`,
    severity: 'error',
    from: { path: folder(room) },
    to: {
      path: '^(lib|imports|test|app|examples|bench|build)/|^main\\.ts$',
      pathNot: any([room, ...allowed, ...types]),
    },
  },
  ...(types.length === 0
    ? []
    : [
        {
          name: `${room}-imports-types-only`,
          comment: `lib/${room} may import types of ${types.join(', ')}, but load nothing of them`,
          severity: 'error',
          from: { path: folder(room) },
          to: { path: any(types), dependencyTypesNot: ['type-only'] },
        },
      ]),
  {
    name: `${room}-packages`,
    comment: `of cdk8s, cdk8s-plus and constructs lib/${room} may import ${packages.join(', ') || 'none'}`,
    severity: 'error',
    from: { path: folder(room) },
    to: {
      path: packagePath(CONSTRUCT_PACKAGES),
      ...(packages.length > 0 ? { pathNot: packagePath(packages) } : {}),
    },
  },
]);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...rooms,
    {
      name: 'known-rooms',
      comment: 'every file of lib/ lives in a room of the table in .dependency-cruiser.cjs',
      severity: 'error',
      from: { path: '^lib/', pathNot: any(Object.keys(ROOMS)) },
      to: {},
    },
    {
      name: 'known-rooms',
      comment: 'every file of lib/ lives in a room of the table in .dependency-cruiser.cjs',
      severity: 'error',
      from: {},
      to: { path: '^lib/', pathNot: any(Object.keys(ROOMS)) },
    },
    {
      name: 'known-rooms',
      comment: 'every file of lib/ lives in a room of the table in .dependency-cruiser.cjs',
      severity: 'error',
      from: { path: '^lib/', pathNot: any(Object.keys(ROOMS)), orphan: true },
      to: {},
    },
    {
      name: 'files-at-the-edge',
      comment: `the file system and other programs belong to ${FILES.join(' and ')}`,
      severity: 'error',
      from: { path: '^lib/', pathNot: `${any(FILES)}|${LOCAL_LOCK}|${KUBECONFIG}` },
      to: { path: '^(node:)?(fs|fs/promises|child_process|worker_threads)$|^node_modules/(fs-extra|graceful-fs)/' },
    },
    {
      name: 'process-in-main',
      comment: 'process belongs to lib/cli/main.ts (and main.ts); for the global, see eslint.config.mjs',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/cli/main\\.ts$' },
      to: { path: '^(node:)?process$' },
    },
    {
      name: 'cluster-client-in-its-adapter',
      severity: 'error',
      from: { path: '^lib/', pathNot: CLUSTER_CLIENT },
      to: { path: packagePath(['@kubernetes/client-node']) },
    },
    {
      name: 'targets-apart',
      comment: 'kubernetes and compose never reach each other, by any way',
      severity: 'error',
      from: { path: folder('kubernetes') },
      to: { path: folder('compose'), reachable: true },
    },
    {
      name: 'targets-apart',
      comment: 'kubernetes and compose never reach each other, by any way',
      severity: 'error',
      from: { path: folder('compose') },
      to: { path: folder('kubernetes'), reachable: true },
    },
    {
      name: 'no-circular',
      comment: 'no cycle at run time (types of one recursive structure may refer to each other)',
      severity: 'error',
      from: { path: '^lib/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-barrels',
      comment: 'folders of lib/ have no index.ts: import the file that holds the concept',
      severity: 'error',
      from: {},
      to: { path: '^lib/.+/index\\.ts$' },
    },
    {
      name: 'no-self-import',
      comment: 'lib/ imports its own files by path, not by the name of the package',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^cdk8s-tars(/|$)|^lib/(index|ops|plus)\\.ts$' },
    },
    {
      name: 'declared-packages',
      comment: 'the library loads dependencies and peers, not development tools',
      severity: 'error',
      from: { path: '^lib/' },
      to: {
        // Types alone, and of the command line, which hands out none.
        pathNot: '^node_modules/@types/sarif/',
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional'],
      },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'imports-stand-alone', severity: 'error', from: { path: '^imports/' }, to: { path: '^lib/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'import', 'node', 'default', 'types'],
    },
  },
};
