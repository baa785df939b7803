import { Construct } from 'constructs';
import { guardRailObjects, namespaceObject } from '../kubernetes/guard-rails';
import { defaultDenyObject } from '../kubernetes/network-policy';
import { CPU_FORMAT, parseCpuMillis, parseSizeMiB, SIZE_FORMAT } from '../model/quantities';
import { addObject } from './manifest';
import { readPreset } from './preset';
import { chartOf, register, systemOf } from './system';

/** The chart's namespace, where Pod Security "restricted" is enforced. */
export class RestrictedNamespace extends Construct {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const { namespace, prefix } = chartOf(this);
    addObject(this, namespaceObject(namespace ?? prefix, prefix));
  }
}

/** Nothing goes in or out of the chart's pods that no service's own policy speaks of. */
export class DefaultDeny extends Construct {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    addObject(this, defaultDenyObject(chartOf(this).prefix));
  }
}

/** Numbers of the namespace's quota. What is left out is computed from the services. */
export interface GuardRailsProps {
  /** CPU that all pods together may ask for. @default - the larger of "10" and what the services need */
  readonly cpuRequests?: string;
  /** Memory that all pods together may ask for. @default - the larger of "20Gi" and what the services need */
  readonly memoryRequests?: string;
  /** Sum of all CPU limits. @default - the larger of "20" and what the services need */
  readonly cpuLimits?: string;
  /** Sum of all memory limits. @default - the larger of "40Gi" and what the services need */
  readonly memoryLimits?: string;
  /** Pods at most. @default - the larger of 50 and what the services need */
  readonly pods?: number;
}

/** ResourceQuota and LimitRange of the chart's namespace. */
export class GuardRails extends Construct {
  public constructor(scope: Construct, id: string, props: GuardRailsProps = {}) {
    super(scope, id);
    const keys = { cpuRequests: true, memoryRequests: true, cpuLimits: true, memoryLimits: true, pods: true } as const;
    readPreset<GuardRailsProps>(this, props, keys, (reader) => {
      const spec = {
        path: this.node.path,
        ...chartOf(this),
        quota: {
          cpuRequestMillis: reader.quantity('cpuRequests', parseCpuMillis, CPU_FORMAT),
          memoryRequestMiB: reader.quantity('memoryRequests', parseSizeMiB, SIZE_FORMAT),
          cpuLimitMillis: reader.quantity('cpuLimits', parseCpuMillis, CPU_FORMAT),
          memoryLimitMiB: reader.quantity('memoryLimits', parseSizeMiB, SIZE_FORMAT),
          pods: reader.integer('pods', { min: 1, max: 100_000 }),
        },
      };
      register(this, { guardRails: spec });
      for (const object of guardRailObjects(spec, () => systemOf(this))) addObject(this, object);
    });
  }
}
