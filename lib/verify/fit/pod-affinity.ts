import type { Json, JsonObject } from '../emitted';
import { isObject, listOf, numberOf, objectOf, textOf, valueAt } from '../read';
import type { Labels, Requirement } from '../label-requirement';
import type { Selector } from './selector';
import { readSelector, selects } from './selector';

/** A term about other pods. */
export interface PodTerm {
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly namespaces: readonly string[];
  readonly namespaceSelector: Selector;
}

/** A term that a pod would like to hold. */
export interface WeightedTerm {
  readonly weight: number;
  readonly term: PodTerm;
}

/** What a pod asks of its neighbours. */
export interface PodAffinity {
  readonly near: readonly PodTerm[];
  readonly apart: readonly PodTerm[];
  readonly preferNear: readonly WeightedTerm[];
  readonly preferApart: readonly WeightedTerm[];
}

/** Reads the affinity and the anti-affinity of a pod of this namespace and these labels. */
export function readPodAffinity(spec: JsonObject, namespace: string, labels: Labels): PodAffinity {
  const term = (value: Json | undefined): PodTerm => readTerm(objectOf(value), namespace, labels);
  const required = (kind: string): readonly PodTerm[] =>
    listOf(valueAt(spec, ['affinity', kind, 'requiredDuringSchedulingIgnoredDuringExecution'])).map(term);
  const preferred = (kind: string): readonly WeightedTerm[] =>
    listOf(valueAt(spec, ['affinity', kind, 'preferredDuringSchedulingIgnoredDuringExecution']))
      .map(objectOf)
      .map((one) => ({ weight: numberOf(one['weight']) ?? 0, term: term(one['podAffinityTerm']) }));
  return {
    near: required('podAffinity'),
    apart: required('podAntiAffinity'),
    preferNear: preferred('podAffinity'),
    preferApart: preferred('podAntiAffinity'),
  };
}

function readTerm(term: JsonObject, namespace: string, labels: Labels): PodTerm {
  const selector = readSelector(term['labelSelector']);
  // The API server adds the pod's own values to the selector.
  const keys = (name: string, operator: string): readonly Requirement[] =>
    listOf(term[name]).flatMap((key) => {
      const text = textOf(key) ?? '';
      const value = Object.hasOwn(labels, text) ? labels[text] : undefined;
      return value === undefined ? [] : [{ key: text, operator, values: [value] }];
    });
  const namespaces = listOf(term['namespaces']).flatMap((name) => textOf(name) ?? []);
  const anywhere = isObject(term['namespaceSelector']);
  return {
    topologyKey: textOf(term['topologyKey']) ?? '',
    selector: selector && [...selector, ...keys('matchLabelKeys', 'In'), ...keys('mismatchLabelKeys', 'NotIn')],
    namespaces: namespaces.length === 0 && !anywhere ? [namespace] : namespaces,
    namespaceSelector: readSelector(term['namespaceSelector']),
  };
}

/** True if the term is about this pod. */
export function isAbout(
  term: PodTerm,
  pod: { readonly namespace: string; readonly labels: Labels },
  namespaceLabels: (namespace: string) => Labels,
): boolean {
  return (
    (term.namespaces.includes(pod.namespace) || selects(term.namespaceSelector, namespaceLabels(pod.namespace))) &&
    selects(term.selector, pod.labels)
  );
}
