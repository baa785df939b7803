import { secretName } from '../../model/system-model';
import type { JsonObject } from '../emitted';
import { fieldPath } from '../object-path';
import { once } from '../once';
import type { Key } from '../read';
import { isList, listOf, objectOf, textOf, textsOf } from '../read';
import { expandKubernetes, interpolateCompose, marksIn, secretMark, secretVariable } from './decoding';
import type { Axis, Fact, Facts, Pair } from './difference';
import { fact } from './difference';
import { containerPath, servicePath } from './pairs';

function secretsIn(variables: Facts): Facts {
  const found = [...variables.values()].flatMap((variable) =>
    marksIn(variable.value).map((mark): [string, Fact] => [mark, fact('read', () => variable.path)]),
  );
  return new Map(found);
}

/** `envFrom` first, then `env` in its order: of a name said twice the last one counts. */
export const podVariables = once((pair: Pair): Facts => {
  const { container } = pair.container;
  const found = new Map<string, Fact>();
  const known = new Map<string, string>();
  listOf(container['envFrom']).forEach((value, index) => {
    const source = objectOf(value);
    const prefix = textOf(source['prefix']) ?? '';
    const map = configMap(pair, textOf(objectOf(source['configMapRef'])['name']));
    for (const [key, text] of Object.entries(textsOf(map?.['data']))) {
      // What a ConfigMap holds is not expanded, and nothing can quote it.
      found.set(
        prefix + key,
        fact(text, () => (map === undefined ? '' : fieldPath(map, ['data', key]))),
      );
    }
    const secret = textOf(objectOf(source['secretRef'])['name']);
    if (secret === undefined) return;
    for (const key of secretKeys(pair, secret)) {
      found.set(
        prefix + key,
        fact(markOf(pair, secret, key), () => containerPath(pair, 'envFrom', index)),
      );
    }
  });
  listOf(container['env']).forEach((value, index) => {
    const entry = objectOf(value);
    const name = textOf(entry['name']) ?? '';
    const text = variableText(pair, entry, known);
    known.set(name, text);
    found.set(
      name,
      fact(text, () => containerPath(pair, 'env', index)),
    );
  });
  return found;
});

function variableText(pair: Pair, entry: JsonObject, known: ReadonlyMap<string, string>): string {
  const from = objectOf(entry['valueFrom']);
  const secret = objectOf(from['secretKeyRef']);
  if (secret['name'] !== undefined) return markOf(pair, textOf(secret['name']) ?? '', textOf(secret['key']) ?? '');
  const config = objectOf(from['configMapKeyRef']);
  if (config['name'] !== undefined) {
    return textsOf(configMap(pair, textOf(config['name']))?.['data'])[textOf(config['key']) ?? ''] ?? '';
  }
  if (entry['valueFrom'] !== undefined) return JSON.stringify(from);
  return expandKubernetes(textOf(entry['value']) ?? '', known);
}

/** The value of a secret, called as Compose calls it. */
function markOf({ component: { model, spec } }: Pair, name: string, key: string): string {
  const own = name === secretName(model.settings, spec.prefix);
  return secretMark(secretVariable(own ? undefined : name, key));
}

function configMap(pair: Pair, name: string | undefined): JsonObject | undefined {
  return objectNamed(pair, `ConfigMap/${name ?? ''}`);
}

function secretKeys(pair: Pair, name: string): readonly string[] {
  const secret = objectNamed(pair, `Secret/${name}`);
  return Object.keys({ ...objectOf(secret?.['data']), ...objectOf(secret?.['stringData']) });
}

/** An object of the pod's namespace. */
export function objectNamed({ outputs, template }: Pair, name: string): JsonObject | undefined {
  return outputs.objects.get(`${template.namespace}/${name}`);
}

/** As a map, or as a list of `NAME=value`. */
const serviceVariables = once((pair: Pair): Facts => {
  const { environment: said } = pair.service;
  const entry = (key: Key, name: string, text: string): [string, Fact] => [
    name,
    fact(interpolateCompose(text), () => servicePath(pair, 'environment', key)),
  ];
  if (isList(said)) {
    return new Map(
      said.flatMap((value, index) => {
        const [, name, text] = /^([^=]+)=([^]*)$/.exec(textOf(value) ?? '') ?? [];
        return name === undefined ? [] : [entry(index, name, text ?? '')];
      }),
    );
  }
  return new Map(
    Object.entries(objectOf(said)).map(([name, value]) =>
      // A number or a boolean arrives as YAML's writer has it.
      entry(name, name, typeof value === 'string' ? value : JSON.stringify(value ?? '').replace(/^""$/, '')),
    ),
  );
});

/** Variables of the pod that its command may quote. */
export const quotable = once(
  (pair: Pair): ReadonlyMap<string, string> =>
    new Map([...podVariables(pair)].map(([name, { value }]) => [name, value])),
);

/** Variables as the process receives them. */
export const environment: Axis = { name: 'environment', kubernetes: podVariables, compose: serviceVariables };

/** Keys of secrets that the variables hold. */
export const secrets: Axis = {
  name: 'secrets',
  kubernetes: (pair) => secretsIn(podVariables(pair)),
  compose: (pair) => secretsIn(serviceVariables(pair)),
};
