/** How bad an issue is: errors stop a run, warnings and notices are printed. */
export type Severity = 'error' | 'warning' | 'notice';

/** One finding about the user's model, as data. */
export interface Issue {
  /** Stable code, `TARS` and four digits; see docs/errors.md. */
  readonly code: IssueCode;
  readonly severity: Severity;
  /** Where in the user's model: construct path, then property path, e.g. `tars/backend.ports[1].port`. */
  readonly path: string;
  /** What is wrong, in lower case, without a full stop. */
  readonly message: string;
  /** What was given, rendered for a reader. */
  readonly given?: string | undefined;
  /** What would have been allowed. */
  readonly allowed?: string | undefined;
  /** What to do about it. */
  readonly remedy: string;
}

/**
 * Every code this library can report, with the sentence that docs/errors.md prints.
 * A code is never used again for something else.
 */
export const ISSUE_CODES = {
  TARS1001: 'unknown property',
  TARS1002: 'wrong type or missing value',
  TARS1003: 'a name is not a DNS label, or too long once prefixed',
  TARS1004: 'two services have one name',
  TARS1005: 'one port or port name twice',
  TARS1006: 'a number out of range',
  TARS1007: 'an environment variable name or value that no process can receive',
  TARS1008: 'an image without an exact tag',
  TARS1009: 'not a host name',
  TARS1010: 'not a quantity',
  TARS1011: 'requests above limits',
  TARS1012: 'minReplicas above maxReplicas',
  TARS1013: 'replicas beside autoscaling',
  TARS1014: 'a path that is not absolute, or mounted twice',
  TARS1015: 'not a cron schedule',
  TARS1016: 'one of several properties must be given, and only one',
  TARS1017: 'a kubernetesVersion outside the supported range',
  TARS1018: 'a property that kubernetesVersion does not have',
  TARS1019: 'not a CIDR block',
  TARS1020: 'a metric that nobody serves',
  TARS2001: 'a link to nothing',
  TARS2002: 'a link cycle with health conditions',
  TARS2003: 'a healthy wait on a service without a check',
  TARS2004: 'a host port published twice',
  TARS2005: 'two objects with one name',
  TARS2006: 'the model does not fit its explicit quota',
  TARS2007: 'more database connections than the server allows',
  TARS2008: 'a secret in a file that is not for secrets',
  TARS2011: 'a construct of the app reports a mistake of its own',
  TARS2012: 'two choices of replicas for one service',
  TARS2009: 'a route that is said twice',
  TARS2010: 'services that need each other without a common profile',
  TARS3001: 'replicas share a ReadWriteOnce claim',
  TARS3002: 'a TLS secret that nobody makes',
  TARS3003: 'a scaling policy that the server follows only approximately',
  TARS3004: 'images that have to be brought to the nodes by hand',
  TARS3005: 'something that one target cannot express',
  TARS3007: 'a choice of replicas that Kubernetes does not follow exactly',
  TARS3006: 'a scaling or balancing policy that is not followed exactly, with --strict',
  TARS4001: 'a secret value that cannot stand in a URL',
  TARS4002: 'a secret without a value',
  TARS4003: 'a file of secrets or of the project that cannot be read',
  TARS4004: 'a value that an environment file cannot hold',
  TARS4005: 'a file of secrets that git would commit',
  TARS4006: 'a file of secrets that others may read',
  TARS4007: 'a development certificate that does not fit any more',
  TARS5001: 'an output folder that cannot be written',
  TARS5002: 'no app to synthesize',
  TARS5003: 'the app failed while it was constructed',
  TARS5004: 'a command line that cannot be understood',
  TARS5005: 'an external tool failed or is missing',
  TARS5006: 'something of the same name that was not made by this tool',
  TARS5007: 'an unexpected error of this tool',
  TARS5008: 'the committed output differs from a fresh run',
  TARS6101: 'a kind or API version that the server does not have',
  TARS6102: 'a field that the kind does not have',
  TARS6103: 'a field or value that this version of the server does not have',
  TARS6104: 'a value of the wrong type',
  TARS6105: 'a field is missing that the server requires',
  TARS6106: 'a value that is not one of those that the field may have',
  TARS6107: 'a number, text or list out of its range',
  TARS6108: 'a name that its kind cannot have',
  TARS6109: 'a label, annotation or selector that is not well-formed',
  TARS6110: 'a workload that does not select its own pods',
  TARS6111: 'a restart policy that its workload cannot have',
  TARS6112: 'a rollout that could not go on',
  TARS6113: 'a probe or hook that the server does not take',
  TARS6114: 'two of one name in a pod or Service',
  TARS6115: 'a container that the server does not take',
  TARS6116: 'a variable that the server does not take',
  TARS6117: 'requests or limits that the server does not take',
  TARS6118: 'a volume or mount that the server does not take',
  TARS6119: 'a pod that the server does not take',
  TARS6120: 'a Service that the server does not take',
  TARS6121: 'an Ingress that the server does not take',
  TARS6122: 'a NetworkPolicy that the server does not take',
  TARS6123: 'an autoscaler that the server does not take',
  TARS6124: 'a budget that the server does not take',
  TARS6125: 'a ConfigMap or Secret that the server does not take',
  TARS6126: 'a claim that the server does not take',
  TARS6127: 'a quota or limit range that the server does not take',
  TARS6128: 'a Pod Security label that means nothing',
  TARS6129: 'a role or binding that the server does not take',
  TARS6130: 'not a cron schedule, or not a time zone',
  TARS6131: 'an object is named that is not among the manifests',
  TARS6132: 'a port is named that nothing offers',
  TARS6133: 'a Service or budget that finds no pod',
  TARS6134: 'a container that must not run as root, and is told to',
  TARS6135: 'a variable that is said twice',
  TARS6136: 'a Job whose fields contradict each other',
  TARS6501: 'a pod that the Pod Security Standard "restricted" forbids',
  TARS6502: 'a secret that stands in the open',
  TARS6503: 'a container that can write to its own image',
  TARS6504: 'a container without requests or limits',
  TARS6505: 'an image without an exact tag, among the manifests',
  TARS6506: 'one and the same probe for liveness and readiness',
  TARS6507: 'a probe of a port that the container does not declare',
  TARS6508: 'a pod that carries a token of the API server',
  TARS6509: 'a pod with the addresses of all Services in its environment',
  TARS6510: 'a workload without a ServiceAccount of its own',
  TARS6511: 'replicas that may all stand on one node',
  TARS6512: 'a CronJob without startingDeadlineSeconds',
  TARS6513: 'a CronJob whose Jobs vanish by themselves',
  TARS6514: 'a PodDisruptionBudget that is missing, or stands in the way',
  TARS6515: 'a right to everything',
  TARS6516: 'a LimitRange that leaves something open',
  TARS6517: 'a namespace that does not enforce Pod Security',
  TARS6701: 'a proof that does not exist',
  TARS6702: 'a proof that could not be carried out',
  TARS6201: 'a quota that does not hold what runs at the peak',
  TARS6202: 'a container that does not say what a quota counts',
  TARS6203: 'something that a LimitRange refuses',
  TARS6204: 'a default of a LimitRange that makes a container invalid',
  TARS6205: 'a database that admits fewer connections than its clients open at the peak',
  TARS6206: 'two autoscalers for one workload',
  TARS6207: 'an autoscaler without a workload',
  TARS6208: 'an autoscaler that follows a share of requests that nobody made',
  TARS6221: 'pods without a place on the nodes that `tars fit` was asked about',
  TARS6301: 'a connection that the model needs and no policy opens',
  TARS6302: 'a connection that a policy opens and the model does not know',
  TARS6303: 'a component that no policy closes',
  TARS6304: 'a Service that does not lead to its component',
  TARS6305: 'a connection that the model needs and no network of Compose carries',
  TARS6306: 'a network of Compose that joins what is not linked',
  TARS6307: 'a port that is published otherwise than the model says',
  TARS6401: 'a component that only one target has',
  TARS6402: 'an image that differs between the targets',
  TARS6403: 'a command that differs between the targets',
  TARS6404: 'a variable that differs between the targets',
  TARS6405: 'a port that differs between the targets',
  TARS6406: 'a place for files that differs between the targets',
  TARS6407: 'a file whose text differs between the targets',
  TARS6408: 'a health check that differs between the targets',
  TARS6409: 'an order of starting that differs between the targets',
  TARS6410: 'a user, or his rights, that differ between the targets',
  TARS6411: 'resources that differ between the targets',
  TARS6412: 'a key of a secret that only one target reads',
  TARS6413: 'a connection that only one target lets through',
  TARS6601: 'a change that the API server refuses',
  TARS6602: 'a claim that grows only if its class allows it',
  TARS6603: 'data that the new release does not find',
  TARS6604: 'data that the new version cannot read',
  TARS6605: 'an image that goes back to an older version',
  TARS6606: 'replicas that fall with the apply',
  TARS6607: 'pods or containers that restart',
  TARS6608: 'a change that running pods or containers do not see',
  TARS6609: 'an object that is no longer made, and that apply leaves',
  TARS6610: 'a container that is no longer made, and that Compose leaves',
  TARS6611: 'network paths that open or close',
  TARS6612: 'a variable that Compose asks for, and did not before',
  TARS6613: 'a change that the API server takes and does not make',
  TARS6614: 'a field that somebody else wrote',
  TARS6650: 'an edit that gives a pod privileges',
  TARS6651: 'an edit that makes a root file system writable',
  TARS6652: 'an edit that takes requests or limits away',
  TARS6653: 'an edit to an image without an exact tag',
  TARS6654: 'an edit that puts a secret into plain text',
  TARS6655: 'an edit of a label or a selector that others go by',
  TARS6656: "an edit that gives a pod a token of the cluster's API",
  TARS6657: 'an edit that opens a network policy, or closes DNS',
  TARS6658: 'an edit that scales beyond what was proved',
  TARS6659: 'replicas outside the bounds of their autoscaler',
  TARS6660: 'an edit of a budget that blocks every drain',
  TARS6661: 'an edit that ends the enforcement of Pod Security',
  TARS6662: 'a pod that passes itself off as a component',
  TARS6620: 'a release to compare with that cannot be read',
  TARS6621: 'a cluster that cannot be asked',
  TARS6703: 'an output file or directory that is not there',
  TARS6704: 'an output file that cannot be read',
  TARS6705: 'an output file that is broken',
  TARS6706: 'a document that is no Kubernetes object',
  TARS6707: 'an output file without an object',
  TARS6708: 'an object in the output that the model does not make',
  TARS6709: 'an object of the model that is not in the output',
  TARS6710: 'a file of waivers that cannot be understood',
  TARS6711: 'a waiver that matches nothing',
  TARS7001: 'an object of the cluster that is not there',
  TARS7002: 'something that you may not do in the cluster',
  TARS7003: 'credentials that the cluster does not take',
  TARS7004: 'a request that the cluster refuses',
  TARS7005: 'somebody else changed it at the same time',
  TARS7006: 'a precondition that does not hold',
  TARS7007: 'somebody else scaled it meanwhile',
  TARS7008: 'replicas that an autoscaler manages',
  TARS7009: 'a rollout that made no progress in its time',
  TARS7010: 'pods of a rollout that the cluster refuses',
  TARS7011: 'a rollout that is paused',
  TARS7012: 'an object that was deleted while it was waited for',
  TARS7013: 'an operation that took too long',
  TARS7014: 'an operation that was called off',
  TARS7015: 'a server that is busy, or a disruption that a budget forbids',
  TARS7016: 'an API server that does not answer',
  TARS7017: 'a connection that was lost midway',
  TARS7018: 'a cluster without metrics',
  TARS7019: 'a container that does not run',
  TARS7020: 'a command that could not be run in a container',
  TARS7021: 'a kubeconfig without such a cluster',
  TARS7022: 'a package that operations need',
  TARS7023: 'a cluster that is not the one of this project',
  TARS7024: 'a change that nobody confirmed',
  TARS7025: 'an operation that this target does not know',
  TARS7300: 'a running system that cannot be looked at',
  TARS7301: 'a container that ends again and again',
  TARS7302: 'an image that is not there and cannot be pulled',
  TARS7303: 'a Secret, a ConfigMap or a variable that is missing',
  TARS7304: 'a container that was killed for want of memory',
  TARS7305: 'a claim that gets no volume',
  TARS7306: 'a pod that no node can take',
  TARS7307: 'a quota that refuses pods',
  TARS7308: 'a pod that the API server refuses',
  TARS7309: 'a container that fails its probe',
  TARS7310: 'a Service that finds no pod, or no port of it',
  TARS7311: 'a component that gets no answer from the DNS',
  TARS7312: 'a connection that is closed on its way',
  TARS7313: 'a connection that nobody takes',
  TARS7314: 'a password that a server does not take',
  TARS7315: 'an autoscaler without metrics',
  TARS7316: 'a certificate that is expired, not yet valid, of other names, or missing',
  TARS7317: 'a node that is not well',
  TARS7318: 'a part of the system that is not there, or does not run',
  TARS7319: 'a port of the machine that somebody else has',
  TARS7320: 'a container that cannot be started',
  TARS7321: 'files that a container may not read or write',
  TARS7322: 'a container that is cut off from a network',
  TARS7323: 'a volume or a disk that is full',
  TARS7324: 'a task that has failed',
  TARS7325: 'something that does not become ready, for a reason that was not found',
  TARS7326: 'a way in from outside that nobody serves',
  TARS7327: 'a StatefulSet that waits for a broken pod of an earlier version',
  TARS7328: 'a pod that does not go away',
  TARS7329: 'a Gateway that nobody serves',
  TARS7330: 'an HTTPRoute that its Gateway does not follow',
  TARS7101: 'a scaling policy that contradicts itself',
  TARS7102: 'a metric value that says nothing',
  TARS7103: 'a backend or a name that a balancing target does not take',
} as const;

/** A stable issue code. */
export type IssueCode = keyof typeof ISSUE_CODES;

/** Renders any value for an error message: short, on one line. */
export function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = Object.prototype.toString.call(value);
  }
  text ??= String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** One issue as the lines that a person reads. */
export function formatIssue(issue: Issue): string {
  const lines = [`${issue.severity} ${issue.code} ${issue.path}: ${issue.message}`];
  if (issue.given !== undefined) lines.push(`    given:   ${issue.given}`);
  if (issue.allowed !== undefined) lines.push(`    allowed: ${issue.allowed}`);
  lines.push(`    remedy:  ${issue.remedy}`);
  return lines.join('\n');
}

/** Errors first, then by path and code: the same issues always read in the same order. */
export function sortIssues(issues: readonly Issue[]): Issue[] {
  const rank: Record<Severity, number> = { error: 0, warning: 1, notice: 2 };
  const key = (i: Issue): string => `${rank[i.severity]} ${i.path} ${i.code} ${i.message}`;
  return issues
    .map((issue) => ({ issue, key: key(issue) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ issue }) => issue);
}

/** Thrown when a run cannot go on; carries every issue found, not the first one only. */
export class TarsError extends Error {
  public readonly issues: readonly Issue[];

  public constructor(issues: readonly Issue[]) {
    super(issues.map(formatIssue).join('\n'));
    this.name = 'TarsError';
    this.issues = issues;
  }
}

/** Gathers issues below one path of the user's model. */
export class IssueCollector {
  public constructor(
    public readonly path: string,
    private readonly sink: Issue[] = [],
  ) {}

  /** Everything gathered so far, also by collectors made with {@link at}. */
  public get issues(): readonly Issue[] {
    return this.sink;
  }

  /** A collector for a property or an index below this one. */
  public at(key: string | number): IssueCollector {
    const suffix = typeof key === 'number' ? `[${key}]` : /^[A-Za-z_$][\w$-]*$/.test(key) ? `.${key}` : `["${key}"]`;
    return new IssueCollector(this.path + suffix, this.sink);
  }

  public add(issue: Omit<Issue, 'path' | 'severity'> & { severity?: Severity }): void {
    this.sink.push({ severity: 'error', ...issue, path: this.path });
  }
}
