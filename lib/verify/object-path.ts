import type { EmittedCompose, Json, JsonObject } from './emitted';

/** Keys that can follow a dot. */
const WORD = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** How an issue names an emitted object: `Deployment/tars-backend`. */
export function objectName(object: JsonObject): string {
  const metadata = object['metadata'] as JsonObject | undefined;
  return `${word(object['kind'])}/${word(metadata?.['name'])}`;
}

/**
 * Path of a field in an emitted object, as issues write it:
 * `Deployment/tars-backend.spec.template.spec.containers[0].image`, `ConfigMap/x.data["a.b"]`.
 */
export function fieldPath(object: JsonObject, keys: readonly (string | number)[]): string {
  return objectName(object) + stepsOf(keys).join('');
}

/**
 * Path of a field in a compose file, as issues write it:
 * `compose/docker-compose.yml services.backend.environment.API_PORT`.
 */
export function composePath({ file }: Pick<EmittedCompose, 'file'>, keys: readonly (string | number)[]): string {
  const steps = stepsOf(keys).join('');
  return steps === '' ? file : `${file} ${steps.replace(/^\./, '')}`;
}

function stepsOf(keys: readonly (string | number)[]): string[] {
  return keys.map((key) =>
    typeof key === 'number' ? `[${key}]` : WORD.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
  );
}

/** Broken objects have to be named as well. */
function word(value: Json | undefined): string {
  return typeof value === 'string' ? value : '(none)';
}
