import type { SystemModel } from '../model/system-model';

/** What a manifest can look up when it is finally written: the whole system. */
export type ModelSource = () => SystemModel;

/**
 * One Kubernetes object. Its identity is known at once; the fields are functions, asked at synth,
 * since what they hold may depend on services that are declared later.
 */
export interface ObjectSpec {
  /** Construct id below its owner: stable, so that users can find and patch the object. */
  readonly id: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string | (() => string);
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** False for objects without a namespace. @default true */
  readonly namespaced?: boolean;
  /** Top-level fields besides apiVersion, kind and metadata. */
  readonly fields: Readonly<Record<string, () => unknown>>;
}

/** JSON merge patch. @see https://www.rfc-editor.org/rfc/rfc7386 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
