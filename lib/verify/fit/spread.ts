import type { JsonObject } from '../emitted';
import { listOf, numberOf, objectOf, textOf } from '../read';
import { HOSTNAME, ZONE } from './node';
import type { Labels } from '../label-requirement';
import type { Selector } from './selector';
import { equal, readSelector } from './selector';

/** A constraint on how pods are spread. */
export interface Spread {
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly honoursAffinity: boolean;
  readonly honoursTaints: boolean;
}

/** The constraints of a pod. */
export interface Spreads {
  readonly hard: readonly Spread[];
  readonly soft: readonly Spread[];
  /** Whether they are its own: the scheduler's own are milder with nodes that lack a label. */
  readonly areOwn: boolean;
}

/** Reads the constraints of a pod; one without any gets the scheduler's, for the selector of its owner and Services. */
export function readSpreads(spec: JsonObject, labels: Labels, ownSelector: Selector): Spreads {
  const said = listOf(spec['topologySpreadConstraints']).map(objectOf);
  const own = (action: string): readonly Spread[] =>
    said
      .filter((one) => (textOf(one['whenUnsatisfiable']) ?? 'DoNotSchedule') === action)
      .map((one) => {
        const keys = listOf(one['matchLabelKeys']).flatMap((key) => textOf(key) ?? []);
        const selector = readSelector(one['labelSelector']);
        const values = Object.fromEntries(Object.entries(labels).filter(([key]) => keys.includes(key)));
        return {
          maxSkew: numberOf(one['maxSkew']) ?? 1,
          minDomains: numberOf(one['minDomains']) ?? 1,
          topologyKey: textOf(one['topologyKey']) ?? '',
          selector: selector && [...equal(values), ...selector],
          honoursAffinity: one['nodeAffinityPolicy'] !== 'Ignore',
          honoursTaints: one['nodeTaintsPolicy'] === 'Honor',
        };
      });
  if (said.length > 0) return { hard: own('DoNotSchedule'), soft: own('ScheduleAnyway'), areOwn: true };
  const usual = (topologyKey: string, maxSkew: number): Spread => ({
    maxSkew,
    minDomains: 1,
    topologyKey,
    selector: ownSelector,
    honoursAffinity: true,
    honoursTaints: false,
  });
  const isSelecting = ownSelector !== undefined && ownSelector.length > 0;
  return { hard: [], soft: isSelecting ? [usual(HOSTNAME, 3), usual(ZONE, 5)] : [], areOwn: false };
}
