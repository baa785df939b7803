import type { Json } from './emitted';
import { labelsInclude, selectorMatches } from './matches';
import type { PodTemplate } from './pods';
import { objectOf, textsOf } from './read';

/**
 * Pods by namespace and label, so that a thousand selectors on a thousand workloads need no million
 * comparisons.
 */
export class TemplateIndex {
  private readonly byPair = new Map<string, PodTemplate[]>();
  private readonly byNamespace = new Map<string, PodTemplate[]>();

  public constructor(templates: readonly PodTemplate[]) {
    for (const template of templates) {
      add(this.byNamespace, template.namespace, template);
      for (const [key, value] of Object.entries(template.labels))
        add(this.byPair, pair(template.namespace, key, value), template);
    }
  }

  /** Pods of the namespace that have all these labels. */
  public withLabels(namespace: string, wanted: Readonly<Record<string, string>>): readonly PodTemplate[] {
    return this.candidates(namespace, wanted).filter(({ labels }) => labelsInclude(labels, wanted));
  }

  /** Pods of the namespace that a LabelSelector finds. */
  public selected(namespace: string, selector: Json | undefined): readonly PodTemplate[] {
    const wanted = textsOf(objectOf(selector)['matchLabels']);
    return this.candidates(namespace, wanted).filter(({ labels }) => selectorMatches(selector, labels));
  }

  /** The shortest list that has all of them. */
  private candidates(namespace: string, wanted: Readonly<Record<string, string>>): readonly PodTemplate[] {
    return Object.entries(wanted).reduce<readonly PodTemplate[]>(
      (best, [key, value]) => {
        const list = this.byPair.get(pair(namespace, key, value)) ?? [];
        return list.length < best.length ? list : best;
      },
      this.byNamespace.get(namespace) ?? [],
    );
  }
}

function pair(namespace: string, key: string, value: string): string {
  return `${namespace} ${key}=${value}`;
}

function add<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
