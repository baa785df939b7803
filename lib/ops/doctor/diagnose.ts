import type { ComposeSnapshot } from './compose-snapshot';
import type { Fault, Finding, Found } from './finding';
import type { Coded, Need } from './fold';
import { foldConsequences } from './fold';
import type { KubernetesSnapshot } from './kubernetes-snapshot';
import { FAULTS } from './registry';
import type { Topology } from './topology';

/** What is wrong with a system on a cluster: causes, each with what suffers from it. Nothing: all is well. */
export function diagnoseKubernetes(snapshot: KubernetesSnapshot): readonly Finding[] {
  return foldConsequences(
    coded(({ kubernetes }) => kubernetes?.(snapshot)),
    needsOf(snapshot.topology),
  );
}

/** What is wrong with a system on an engine: causes, each with what suffers from it. Nothing: all is well. */
export function diagnoseCompose(snapshot: ComposeSnapshot): readonly Finding[] {
  const waits = snapshot.expected.flatMap(({ component, needs }) =>
    needs.map((server): Need => ({ client: component, server })),
  );
  return foldConsequences(
    coded(({ compose }) => compose?.(snapshot)),
    [...needsOf(snapshot.topology), ...waits],
  );
}

/** Replicas of one workload have one finding, with what was seen of each. */
function coded(look: (fault: Fault) => readonly Found[] | undefined): readonly Coded[] {
  return FAULTS.flatMap((fault) => {
    const found = new Map<string, Coded>();
    for (const one of look(fault) ?? []) {
      const first = found.get(one.object);
      found.set(one.object, first === undefined ? { ...one, code: fault.code } : merged(first, one));
    }
    return [...found.values()];
  });
}

function merged(first: Coded, next: Found): Coded {
  return {
    ...first,
    components: [...new Set([...first.components, ...next.components])],
    // Three replicas say the same; a few of them are enough.
    evidence: [...new Set([...first.evidence, ...next.evidence])].slice(0, 8),
    affected: [...(first.affected ?? []), ...(next.affected ?? [])],
  };
}

function needsOf({ links, needs }: Topology): readonly Need[] {
  return [...links, ...needs];
}
