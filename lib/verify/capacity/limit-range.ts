import type { EmittedObject, EmittedSet, Json } from '../emitted';
import { formatQuantity, UNIT } from '../../model/kubernetes-quantity';
import type { Keys } from '../read';
import { groupOf, listOf, namespaceOf, objectOf, textOf, valueAt } from '../read';
import type { ResourceList } from './resource-list';
import { formatAmount, readResourceList, withMissing } from './resource-list';

/** One item of a LimitRange, with the defaults that the API server fills in. */
export interface LimitItem {
  readonly range: EmittedObject;
  /** Keys from the LimitRange to the item. */
  readonly path: Keys;
  readonly type: string;
  readonly min: ResourceList;
  readonly max: ResourceList;
  readonly defaultLimit: ResourceList;
  readonly defaultRequest: ResourceList;
  readonly maxLimitRequestRatio: ResourceList;
}

/** Every item of a namespace's LimitRanges, in their order. */
export function limitItemsIn(emitted: Pick<EmittedSet, 'manifests'>, namespace: string): readonly LimitItem[] {
  return emitted.manifests
    .filter(({ object }) => object['kind'] === 'LimitRange' && groupOf(object) === '')
    .filter(({ object }) => namespaceOf(object) === namespace)
    .flatMap((range) => listOf(valueAt(range.object, ['spec', 'limits'])).map((item, i) => readItem(range, item, i)));
}

/**
 * A container's default limit is the maximum, its default request the default limit or the minimum,
 * where they are not said.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem
 */
function readItem(range: EmittedObject, value: Json, index: number): LimitItem {
  const item = objectOf(value);
  const type = textOf(item['type']) ?? '';
  const [min, max] = [readResourceList(item['min']), readResourceList(item['max'])];
  const [limit, request] = [readResourceList(item['default']), readResourceList(item['defaultRequest'])];
  const defaultLimit = type === 'Container' ? withMissing(limit, max) : limit;
  return {
    range,
    path: ['spec', 'limits', index],
    type,
    min,
    max,
    defaultLimit,
    defaultRequest: type === 'Container' ? withMissing(withMissing(request, defaultLimit), min) : request,
    maxLimitRequestRatio: readResourceList(item['maxLimitRequestRatio']),
  };
}

/** What is asked for and allowed, of a container, a pod or a claim. */
export interface Bounded {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

/** Why one item refuses something. */
export interface Refusal {
  /** Which list of the item says so. */
  readonly bound: 'min' | 'max' | 'maxLimitRequestRatio';
  readonly resource: string;
  /** In the words of the API server. */
  readonly message: string;
}

/**
 * Everything about a container or a pod that an item refuses.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/plugin/pkg/admission/limitranger/admission.go
 */
export function refusals(item: LimitItem, given: Bounded): readonly Refusal[] {
  const { type } = item;
  const each = (
    bound: Refusal['bound'],
    check: (resource: string, enforced: bigint) => string | undefined,
  ): Refusal[] =>
    [...item[bound]].flatMap(([resource, enforced]) => {
      const message = check(resource, enforced);
      return message === undefined ? [] : [{ bound, resource, message }];
    });
  return [
    ...each('min', (resource, enforced) => {
      const said = `minimum ${resource} usage per ${type} is ${formatAmount(resource, enforced)}`;
      const [request, limit] = [given.requests.get(resource), given.limits.get(resource)];
      const [requestValue, limitValue, least] = comparable(request, limit, enforced);
      if (request === undefined) return `${said}.  No request is specified`;
      if (requestValue < least) return `${said}, but request is ${formatAmount(resource, request)}`;
      if (limit !== undefined && limitValue < least) return `${said}, but limit is ${formatAmount(resource, limit)}`;
      return undefined;
    }),
    ...each('max', (resource, enforced) => {
      const said = `maximum ${resource} usage per ${type} is ${formatAmount(resource, enforced)}`;
      const [request, limit] = [given.requests.get(resource), given.limits.get(resource)];
      const [requestValue, limitValue, most] = comparable(request, limit, enforced);
      // A claim has no limits: its request is what counts.
      if (type === 'PersistentVolumeClaim') {
        if (request === undefined) return `${said}.  No request is specified`;
        return requestValue > most ? `${said}, but request is ${formatAmount(resource, request)}` : undefined;
      }
      if (limit === undefined) return `${said}.  No limit is specified`;
      if (limitValue > most) return `${said}, but limit is ${formatAmount(resource, limit)}`;
      if (request !== undefined && requestValue > most) {
        return `${said}, but request is ${formatAmount(resource, request)}`;
      }
      return undefined;
    }),
    ...(type === 'PersistentVolumeClaim'
      ? []
      : each('maxLimitRequestRatio', (resource, enforced) => ratioRefusal(type, resource, enforced, given))),
  ];
}

function ratioRefusal(type: string, resource: string, enforced: bigint, given: Bounded): string | undefined {
  const said = `${resource} max limit to request ratio per ${type} is ${formatQuantity(enforced, 'decimal')}`;
  const [request, limit] = comparable(given.requests.get(resource), given.limits.get(resource), enforced);
  if (request === 0n) return `${said}, but no request is specified or request is 0`;
  if (limit === 0n) return `${said}, but no limit is specified or limit is 0`;
  const ratio = Number(limit) / Number(request);
  return ratio * 1000 > Number(ceil(enforced, MILLI))
    ? `${said}, but provided ratio is ${ratio.toFixed(6)}`
    : undefined;
}

const MILLI = UNIT / 1000n;
const MAX_MILLI_VALUE = (2n ** 63n - 1n) / 1000n;

/** The API server compares whole thousandths, or whole units where thousandths would overflow. */
function comparable(...amounts: readonly (bigint | undefined)[]): [bigint, bigint, bigint] {
  const values = amounts.map((amount) => amount ?? 0n);
  const fits = values.every((value) => ceil(value, UNIT) <= MAX_MILLI_VALUE);
  const [a = 0n, b = 0n, c = 0n] = values.map((value) => ceil(value, fits ? MILLI : UNIT));
  return [a, b, c];
}

function ceil(value: bigint, step: bigint): bigint {
  return value >= 0n ? (value + step - 1n) / step : value / step;
}
