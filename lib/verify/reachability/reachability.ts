import type { Issue } from '../../model/issues';
import type { Proof, Subject } from '../proof';
import { closedConnections } from './closed-connections';
import { closedOnCompose, openOnCompose, publishedOnCompose } from './compose-connections';
import { composeWorld } from './compose-world';
import { kubernetesWorld } from './kubernetes-world';
import { openConnections } from './open-connections';
import { serviceTargets } from './service-targets';

/** Who may open which port to whom is what the model says: what it needs is open, and nothing else is. */
export const reachability: Proof = {
  name: 'reachability',
  summary: 'what links and exposures need is open, and nothing else is',
  prove: proveReachability,
  extent: ({ emitted }) => {
    const policies = emitted.manifests.filter(({ object }) => object['kind'] === 'NetworkPolicy').length;
    return `${policies} policies, ${emitted.compose.length} compose file${emitted.compose.length === 1 ? '' : 's'}`;
  },
};

function proveReachability({ emitted, systems }: Subject): readonly Issue[] {
  const world = kubernetesWorld(emitted, systems);
  return [
    ...closedConnections(world),
    ...openConnections(world),
    ...serviceTargets(world),
    ...emitted.compose.flatMap((file) => {
      const model = systems.find(({ path }) => path === file.system);
      if (model === undefined) return [];
      const compose = composeWorld(file, model);
      return [...closedOnCompose(compose), ...openOnCompose(compose), ...publishedOnCompose(compose)];
    }),
  ];
}
