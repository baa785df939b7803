// For the pages of the rules: why a finding matters, where the rule itself does not say so, and a program
// that triggers it. A test runs every program and holds it against its code. They may use the names of
// `cdk8s` and `cdk8s-tars`, and `app` and `chart`; findings of proofs have the mutations of test/verify
// as their examples.

/** @type {Readonly<Record<string, string>>} */
export const WHY = {
  TARS1001: 'A misspelt property would be passed over in silence, and the default would hold.',
  TARS1002: 'What has another type cannot be rendered, or would become something else on one of the targets.',
  TARS1003: 'Kubernetes refuses other names, some of them only when it makes the pods.',
  TARS1004: 'On one of the targets the second would take the place of the first.',
  TARS1005: 'A port is found by its name and by its number: both have to say which.',
  TARS1006: 'The API server or the engine would refuse the number, or take it for something else.',
  TARS1007: 'Processes read variables as texts that end at NUL, with names that shells can write.',
  TARS1008: 'A tag that moves brings another image at the next restart, on some nodes and not on others.',
  TARS1009: 'It becomes a rule of the Ingress and a name in the certificate.',
  TARS1010: 'The two targets read other units differently: 1G is not 1Gi.',
  TARS1011: 'The API server refuses a request above the limit.',
  TARS1012: 'The API server refuses the autoscaler.',
  TARS1013: 'Each `kubectl apply` would undo what the autoscaler did.',
  TARS1014: 'Containers mount at absolute paths, and the second mount would hide the first.',
  TARS1015: 'The API server refuses the CronJob.',
  TARS1016: 'With none of them nothing can be rendered, with two it is unclear which counts.',
  TARS1017: 'Fields and APIs come and go with the version: for one that is not known nothing can be promised.',
  TARS1019: 'A policy with another text is refused, and what it would have forbidden stays open.',
  TARS2011: 'A construct that is not ours refuses what it was given.',
  TARS4001: 'In a URL, "@", ":" and "/" of a password are read as parts of the URL.',
  TARS4002: 'The process would start with an empty password, or not at all.',
  TARS4003: 'Values that are half read would replace the ones in use.',
  TARS4004: 'Readers of environment files disagree about such texts.',
  TARS4005: 'What was pushed once is known for good.',
  TARS4006: 'Everybody with an account on this machine could read the passwords.',
  TARS4007: 'Browsers and clients refuse it.',
  TARS5001: 'A run writes all or nothing, so it wrote nothing.',
  TARS5002: 'Without an App there is nothing to synthesize.',
  TARS5003: 'What is constructed to the half would be written to the half.',
  TARS5004: 'Nothing is done that was not clearly asked for.',
  TARS5005: 'The step that needs the tool was not done.',
  TARS5006: 'Whoever wrote the file still needs it.',
  TARS5007: 'This should not happen: it is a mistake of the tool.',
  TARS5008: 'What is reviewed and applied would not be what main.ts says.',
  TARS6201: 'The quota is full before the peak: a roll-out stops half way, or the autoscaler gets no more pods.',
  TARS6203: 'The API server refuses the pods, and the controller that should make them says so only in its events.',
  TARS6206: 'The two undo what the other did, or neither does anything.',
  TARS6207: 'It scales nothing, and says so only in its status.',
  TARS6301: 'The connection times out on the cluster, and works on Compose.',
  TARS6302: 'Whoever takes over that client reaches further than anybody meant.',
  TARS6303: 'A pod that no policy selects is open to everybody, and may reach everything.',
  TARS6304: 'Clients reach nobody, or somebody else.',
  TARS6701: 'A name that nobody has would prove nothing, and look as if all were well.',
  TARS6702: 'What a proof cannot read, it has not proved.',
  TARS6703: 'What is not there is neither proved nor applied.',
  TARS6704:
    'A pipe or a device would never end, what a link points at is not part of the output, and what is half read is not proved.',
  TARS6705: 'kubectl and Compose refuse the file, or read something else from it.',
  TARS6706: '`kubectl apply -f` stops at it.',
  TARS6707: 'Something that should be there may have been lost.',
  TARS6708: '`kubectl apply -f` applies it, and no model says what it is for.',
  TARS6709: 'The system that is applied lacks a part.',
  TARS6710: 'A waiver that is misspelt would hide nothing, or too much.',
  TARS6711: 'It would hide the next finding that happens to match, which nobody has looked at.',
};

/** @type {Readonly<Record<string, string>>} */
export const EXAMPLES = {
  TARS1001: `// @ts-expect-error the editor says the same
new Service(chart, 'web', { image: 'nginx:1.29.2', replica: 2 });`,
  TARS1002: `// @ts-expect-error a variable is never a bare string
new Service(chart, 'web', { image: 'nginx:1.29.2', env: { LOG_LEVEL: 'debug' } });`,
  TARS1003: `new Service(chart, 'web', { image: 'nginx:1.29.2', name: 'My_Web' });`,
  TARS1004: `new Service(chart, 'a', { image: 'nginx:1.29.2', name: 'web' });
new Service(chart, 'b', { image: 'nginx:1.29.2', name: 'web' });`,
  TARS1005: `new Service(chart, 'web', {
  image: 'nginx:1.29.2',
  ports: [
    { name: 'http', port: 8080 },
    { name: 'http', port: 8081 },
  ],
});`,
  TARS1006: `new Service(chart, 'web', { image: 'nginx:1.29.2', ports: [{ name: 'http', port: 70000 }] });`,
  TARS1007: `new Service(chart, 'web', { image: 'nginx:1.29.2', env: { '1ST': EnvValue.fromValue('x') } });`,
  TARS1008: `new Service(chart, 'web', { image: 'nginx:latest' });`,
  TARS1009: `new ExternalService(chart, 'mail', { host: 'https://mail.example.com', port: 25 });`,
  TARS1010: `new Service(chart, 'web', { image: 'nginx:1.29.2', resources: { memoryLimit: '1G' } });`,
  TARS1011: `new Service(chart, 'web', {
  image: 'nginx:1.29.2',
  resources: { memoryRequest: '2Gi', memoryLimit: '1Gi' },
});`,
  TARS1012: `new Service(chart, 'web', { image: 'nginx:1.29.2', autoscaling: { minReplicas: 5, maxReplicas: 2 } });`,
  TARS1013: `new Service(chart, 'web', { image: 'nginx:1.29.2', replicas: 2, autoscaling: { maxReplicas: 5 } });`,
  TARS1014: `new Service(chart, 'web', {
  image: 'nginx:1.29.2',
  volumes: [{ name: 'data', mountPath: 'data', size: '1Gi' }],
});`,
  TARS1015: `new Service(chart, 'report', { image: 'busybox:1.37.0', workload: 'cron-job', schedule: 'every night' });`,
  TARS1016: `new Service(chart, 'web', {});`,
  TARS1017: `new SystemSettings(chart, 'settings', { kubernetesVersion: '1.12' });`,
  TARS1019: `new ExternalService(chart, 'mail', { host: 'mail.example.com', port: 25, cidrs: ['203.0.113.9'] });`,
  TARS2001: `new Service(chart, 'web', {
  image: 'nginx:1.29.2',
  env: { API: ref(chart, 'api', 'http').url() },
});`,
  TARS2002: `new Service(chart, 'a', {
  image: 'nginx:1.29.2',
  ports: [{ name: 'http', port: 8080 }],
  env: { B: ref(chart, 'b', 'http').url() },
});
new Service(chart, 'b', {
  image: 'nginx:1.29.2',
  ports: [{ name: 'http', port: 8080 }],
  env: { A: ref(chart, 'a', 'http').url() },
});`,
  TARS2003: `const db = new Service(chart, 'db', { image: 'nginx:1.29.2', ports: [{ name: 'http', port: 8080 }] });
new Service(chart, 'web', {
  image: 'nginx:1.29.2',
  env: { DB: db.endpointOf('http').waitFor('healthy').url() },
});`,
  TARS2004: `new Service(chart, 'a', { image: 'nginx:1.29.2', ports: [{ name: 'http', port: 8080, publish: 8080 }] });
new Service(chart, 'b', { image: 'nginx:1.29.2', ports: [{ name: 'http', port: 8080, publish: 8080 }] });`,
  TARS2006: `new Service(chart, 'web', { image: 'nginx:1.29.2', replicas: 3, resources: { memoryRequest: '1Gi' } });
new GuardRails(chart, 'guard-rails', { memoryRequests: '2Gi' });`,
  TARS2007: `const db = new Postgres(chart, 'db', { database: 'notes' });
new Service(chart, 'api', {
  image: 'nginx:1.29.2',
  replicas: 10,
  connections: { opensPerReplica: 100, to: db.endpoint },
});`,
  TARS3001: `new Service(chart, 'web', {
  image: 'nginx:1.29.2',
  replicas: 2,
  volumes: [{ name: 'data', mountPath: '/data', size: '1Gi' }],
});`,
  TARS3004: `new PythonApi(chart, 'api', {});`,
};
