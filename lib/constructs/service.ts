import { Construct } from 'constructs';
import { serviceObjects } from '../kubernetes/service-objects';
import { defineService, kubernetesName } from '../model/define-service';
import { Endpoint } from '../model/endpoint';
import type { Issue } from '../model/issues';
import type { ServiceProps } from '../model/service-props';
import type { ServiceSpec } from '../model/service-spec';
import { secretName } from '../model/system-model';
import { addObject } from './manifest';
import { chartOf, register, systemOf } from './system';

const SERVICE = Symbol.for('cdk8s-tars.Service');

/**
 * How a ready-made service names its own properties: paths of the general service → its own, so
 * that an issue carries the path that the user wrote.
 */
export type PropertyPaths = Readonly<Record<string, string>>;

/**
 * A service, on both targets: everything that it needs on Kubernetes is created below it at once,
 * with stable ids (`deployment`, `service`, `network-policy` …); its compose half comes with
 * `synthesize` or `renderCompose`.
 *
 * Mistakes in its props do not throw here: all mistakes of an app are reported together, by
 * `synthesize`, `tars check` and stock cdk8s validation.
 */
export class Service extends Construct {
  /** True for a service, also one made by another copy of this library. */
  public static isService(x: unknown): x is Service {
    return typeof x === 'object' && x !== null && SERVICE in x;
  }

  /** Everything that is known about the service, frozen. */
  public readonly spec: ServiceSpec;

  public constructor(scope: Construct, id: string, props: ServiceProps, paths: PropertyPaths = {}) {
    super(scope, id);
    Object.defineProperty(this, SERVICE, { value: true });
    const { spec, issues } = defineService(props, { path: this.node.path, id, ...chartOf(this) });
    this.spec = spec;
    register(this, { service: spec, issues: issues.map((issue) => renamePath(issue, spec.path, paths)) });
    for (const object of serviceObjects(spec, () => systemOf(this))) addObject(this, object);
    const workload = this.node.tryFindChild(spec.workload.kind);
    if (workload !== undefined) this.node.defaultChild = workload;
  }

  /** Name of the Kubernetes Service in front of it: its host name within the namespace. */
  public get serviceName(): string {
    return kubernetesName(this.spec);
  }

  /** Name of the Kubernetes Secret that holds the keys of its chart's services. */
  public get secretName(): string {
    return secretName(systemOf(this).settings, this.spec.prefix);
  }

  /** The first port: what a client links to unless it says otherwise. */
  public get endpoint(): Endpoint {
    return this.endpointOf(this.spec.ports[0]?.name ?? '');
  }

  /** One port, by its name. */
  public endpointOf(port: string): Endpoint {
    return new Endpoint(this.spec.name, port, this.spec.chart);
  }
}

function renamePath(issue: Issue, service: string, paths: PropertyPaths): Issue {
  for (const [general, own] of Object.entries(paths)) {
    const prefix = `${service}.${general}`;
    if (issue.path === prefix || issue.path.startsWith(`${prefix}.`) || issue.path.startsWith(`${prefix}[`)) {
      const last = general.split('.').at(-1) ?? general;
      const remedy = issue.remedy.replaceAll(`"${last}"`, `"${own}"`);
      return { ...issue, remedy, path: `${service}.${own}${issue.path.slice(prefix.length)}` };
    }
  }
  return issue;
}
