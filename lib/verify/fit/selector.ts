import type { Json } from '../emitted';
import type { Labels, Requirement } from '../label-requirement';
import { holds, readRequirements } from '../label-requirement';
import { isObject, textsOf } from '../read';

/** All have to hold; undefined selects nothing. */
export type Selector = readonly Requirement[] | undefined;

/** Requirements of labels that have to be just so. */
export function equal(labels: Labels): readonly Requirement[] {
  return Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
}

/** Reads a LabelSelector: one that is not there selects nothing, an empty one everything. */
export function readSelector(value: Json | undefined): Selector {
  if (!isObject(value)) return undefined;
  return [...equal(textsOf(value['matchLabels'])), ...readRequirements(value['matchExpressions'])];
}

/** True if the selector selects the labels. */
export function selects(selector: Selector, labels: Labels): boolean {
  return selector?.every((requirement) => holds(requirement, labels)) ?? false;
}
