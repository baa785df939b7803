import { gatewayTargets, planGateway } from '../../model/gateway-plan';
import type { SystemModel } from '../../model/system-model';
import type { Component } from '../components';
import { componentsOf, composeTargetsOf } from '../components';
import type { EmittedCompose } from '../emitted';
import type { ComposeNetworks } from './compose-networks';
import { composeNetworks } from './compose-networks';

/** A port that the model publishes on the machine. */
export interface Publication {
  /** Service that publishes it. */
  readonly service: string;
  readonly target: number;
  readonly published: number;
  readonly address: string;
  readonly protocol: 'TCP' | 'UDP';
}

/** Everything that the proofs about an engine's networks ask: what was emitted, and what it was meant to be. */
export interface ComposeWorld {
  readonly file: EmittedCompose;
  readonly networks: ComposeNetworks;
  /** The component that a service of the file is of; undefined: the gateway, or somebody else's. */
  readonly componentOf: (service: string) => Component | undefined;
  /** Name of the gateway's service; undefined: the model has none. */
  readonly gateway: string | undefined;
  /** Links: what each service connects to, by its name in the file. */
  readonly servers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Services that connect to addresses outside. */
  readonly outward: ReadonlySet<string>;
  readonly publications: readonly Publication[];
}

/** The compose file of a system beside what the system is. */
export function composeWorld(file: EmittedCompose, model: SystemModel): ComposeWorld {
  const components = componentsOf([model]);
  const byName = new Map(components.map((component) => [component.composeName, component]));
  const servers = new Map<string, Set<string>>();
  const outward = new Set<string>();
  for (const component of components) {
    const targets = composeTargetsOf(component);
    if (component.internet || targets.some(({ service }) => service === undefined)) outward.add(component.composeName);
    servers.set(component.composeName, new Set(targets.flatMap(({ service }) => service?.composeName ?? [])));
  }
  const plan = planGateway(model);
  const gateway = gatewayService(model);
  if (plan !== undefined && gateway !== undefined) {
    const targets = gatewayTargets(plan);
    if (targets.some(({ service }) => service === undefined)) outward.add(gateway);
    servers.set(gateway, new Set(targets.flatMap(({ service }) => service?.composeName ?? [])));
  }
  return {
    file,
    networks: composeNetworks(file),
    componentOf: (service) => byName.get(service),
    gateway,
    servers,
    outward,
    publications: publicationsOf(model, gateway),
  };
}

/** Name of the gateway's service, if the model has one; a service of the user's that is called so comes first. */
export function gatewayService(model: SystemModel): string | undefined {
  if (planGateway(model) === undefined) return undefined;
  return model.services.some(({ composeName }) => composeName === 'gateway') ? 'compose-gateway' : 'gateway';
}

function publicationsOf(model: SystemModel, gateway: string | undefined): Publication[] {
  const own = model.services.flatMap((spec) =>
    spec.ports.flatMap(({ publish, number, protocol }): Publication[] => {
      // The gateway speaks HTTP only: UDP is published by the service itself.
      if (publish === undefined || (publish.via === 'gateway' && protocol === 'TCP')) return [];
      const { hostPort: published, address } = publish;
      return [{ service: spec.composeName, target: number, published, address, protocol }];
    }),
  );
  const plan = planGateway(model);
  if (plan === undefined || gateway === undefined) return own;
  const passedOn = [...plan.sites.map(({ port }) => ({ port, address: '127.0.0.1' })), ...plan.forwards];
  return [
    ...own,
    ...passedOn.map(({ port, address }): Publication => ({
      service: gateway,
      target: port,
      published: port,
      address,
      protocol: 'TCP',
    })),
  ];
}
