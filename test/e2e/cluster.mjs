import assert from 'node:assert/strict';
import { until } from '../testbed/wait.mjs';
import { objectsIn } from './support.mjs';

/** Kinds of ours, as kubectl names them. */
const KINDS = [
  ...['namespaces', 'resourcequotas', 'limitranges', 'networkpolicies', 'serviceaccounts', 'configmaps', 'secrets'],
  ...['persistentvolumeclaims', 'services', 'statefulsets', 'deployments', 'cronjobs', 'jobs'],
  ...['horizontalpodautoscalers', 'poddisruptionbudgets', 'ingresses'],
];

/** A cluster, as far as these tests ask it. */
export class Cluster {
  constructor(controlPlane) {
    this.controlPlane = controlPlane;
  }

  /** Runs kubectl and expects it to succeed. */
  async kubectl(...args) {
    const result = await this.controlPlane.kubectl(args);
    assert.equal(result.code, 0, `kubectl ${args.join(' ')}\n${result.stdout}${result.stderr}`);
    return result;
  }

  async json(...args) {
    const { stdout } = await this.kubectl('get', ...args, '-o', 'json');
    return JSON.parse(stdout);
  }

  /** Applies a directory strictly; every warning of the server is a failure. Returns what kubectl says of each object. */
  async apply(directory, ...more) {
    const { stdout, stderr } = await this.kubectl('apply', '--validate=strict', ...more, '-f', directory);
    assert.equal(stderr, '', 'the server warned');
    return Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
    );
  }

  /** Generation and resourceVersion of every object of the files. */
  async versions(files) {
    const versions = {};
    for (const file of files) {
      const got = await this.json('-f', file);
      for (const { kind, metadata, status } of got.kind === 'List' ? got.items : [got]) {
        const { generation, resourceVersion, name } = metadata;
        // Controllers write into the status of these: their generation tells.
        versions[`${kind}/${name}`] =
          status === undefined || Object.keys(status).length === 0 ? { generation, resourceVersion } : { generation };
      }
    }
    return versions;
  }

  /** Polls until the question has an answer; an error is none. */
  until(what, question) {
    return until(what, question, { timeoutMs: 180_000, intervalMs: 300 });
  }

  /** Every workload of the files has the pods that it wants, made by its controller and refused by nobody. */
  async controllersDidTheirWork(namespace, files) {
    const workloads = files.flatMap(objectsIn).filter((o) => ['Deployment', 'StatefulSet', 'Job'].includes(o.kind));
    for (const { kind, metadata, spec } of workloads) {
      const autoscaled = kind === 'Deployment' && spec.replicas === undefined;
      const want = kind === 'Job' ? 1 : (spec.replicas ?? (autoscaled ? 3 : 1));
      const selector =
        kind === 'Job'
          ? `job-name=${metadata.name}`
          : Object.entries(spec.selector.matchLabels)
              .map(([k, v]) => `${k}=${v}`)
              .join();
      await this.until(`${want} pods of ${kind} ${metadata.name}`, async () => {
        const { items } = await this.json('pods', '-n', namespace, '-l', selector);
        return items.length === want;
      });
      for (const template of spec.volumeClaimTemplates ?? []) {
        await this.json('pvc', '-n', namespace, `${template.metadata.name}-${metadata.name}-0`);
      }
    }
    const { items } = await this.json('events', '-n', namespace);
    const refused = items
      .filter(({ reason }) => ['FailedCreate', 'FailedUpdate'].includes(reason))
      .map(({ message }) => message)
      // A quota that its controller has not counted yet refuses everything for a moment.
      .filter((message) => !message.includes('status unknown for quota'));
    assert.deepEqual(refused, []);
  }

  /** The namespace is gone, and with it all that was in it. */
  async isEmpty(namespace) {
    const { stdout } = await this.kubectl('get', 'namespace', namespace, '--ignore-not-found', '-o', 'name');
    assert.equal(stdout, '');
  }

  /** Nothing of ours is left, anywhere. */
  async hasNothingOfOurs() {
    const { stdout } = await this.kubectl('get', KINDS.join(), '-A', '-l', 'app=tars', '-o', 'name');
    assert.equal(stdout.trim(), '');
  }
}
