import type { JsonObject } from '../emitted';
import { isObject, listOf, numberOf, objectOf, textsOf, valueAt } from '../read';
import type { Node } from './node';
import type { Requirement } from '../label-requirement';
import { holdsOnNode, readRequirements } from '../label-requirement';
import { equal } from './selector';

/** One term of a node selector; all of its requirements have to hold. */
interface NodeTerm {
  readonly labels: readonly Requirement[];
  readonly fields: readonly Requirement[];
}

/** What a pod asks of its node. */
export interface NodeAffinity {
  readonly selector: readonly Requirement[];
  /** One of them has to match; undefined: nothing is required. */
  readonly required: readonly NodeTerm[] | undefined;
  readonly preferred: readonly { readonly weight: number; readonly term: NodeTerm }[];
}

export function readNodeAffinity(spec: JsonObject): NodeAffinity {
  const affinity = objectOf(valueAt(spec, ['affinity', 'nodeAffinity']));
  const required = affinity['requiredDuringSchedulingIgnoredDuringExecution'];
  return {
    selector: equal(textsOf(spec['nodeSelector'])),
    required: isObject(required) ? listOf(required['nodeSelectorTerms']).map((t) => readTerm(objectOf(t))) : undefined,
    preferred: listOf(affinity['preferredDuringSchedulingIgnoredDuringExecution'])
      .map(objectOf)
      .map((one) => ({ weight: numberOf(one['weight']) ?? 0, term: readTerm(objectOf(one['preference'])) })),
  };
}

function readTerm(term: JsonObject): NodeTerm {
  return { labels: readRequirements(term['matchExpressions']), fields: readRequirements(term['matchFields']) };
}

/** A term without requirements matches no node. */
function matches({ labels, fields }: NodeTerm, node: Node): boolean {
  if (labels.length + fields.length === 0) return false;
  return (
    labels.every((one) => holdsOnNode(one, node.labels)) &&
    fields.every((one) => holdsOnNode(one, { 'metadata.name': node.name }))
  );
}

/** True if the pod may run on the node, as far as its selector and required affinity say. */
export function admits({ selector, required }: NodeAffinity, node: Node): boolean {
  return (
    selector.every((one) => holdsOnNode(one, node.labels)) && (required?.some((term) => matches(term, node)) ?? true)
  );
}

/** Sum of the weights of what the pod would like. An empty preference is liked everywhere. */
export function preference({ preferred }: NodeAffinity, node: Node): number {
  return preferred
    .filter(({ term }) => term.labels.length + term.fields.length === 0 || matches(term, node))
    .reduce((sum, { weight }) => sum + weight, 0);
}
