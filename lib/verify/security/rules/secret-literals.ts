import { composePath, fieldPath } from '../../object-path';
import type { Json } from '../../emitted';
import { isList, isObject, listOf, objectOf, textOf } from '../../read';
import type { Finding, SecurityCheck, SecuritySubject } from '../check';
import { looksSecret, secretIn } from '../secret-words';

/** No secret stands where everybody can read it. */
export const secretLiterals: SecurityCheck = {
  code: 'TARS6502',
  severity: 'error',
  title: 'a secret that stands in the open',
  why: 'Manifests and compose files are committed, and ConfigMaps, variables and arguments are shown by every tool. What stood there once has to be changed.',
  remedy: 'put the value into a Secret (on Compose into .env), refer to it by its key, and change it',
  alsoIn: [
    'kube-linter env-var-secret',
    'trivy KSV-0109',
    'polaris sensitiveContainerEnvVar, sensitiveConfigmapContent',
  ],
  find: (subject) => [...inPods(subject), ...inConfigMaps(subject), ...inCompose(subject)],
};

/** Never the value itself: issues are printed and kept. */
const HIDDEN = '(hidden)';
const ALLOWED = 'a reference to a Secret';

function inPods({ containers }: SecuritySubject): Finding[] {
  return containers.flatMap(({ container, path, template }) => {
    const variables = listOf(container['env']).flatMap((variable, index): Finding[] => {
      const { name, value } = objectOf(variable);
      const at = fieldPath(template.owner.object, [...path, 'env', index, 'value']);
      return named(textOf(name) ?? '', textOf(value), at);
    });
    const words = ['command', 'args'].flatMap((field) =>
      listOf(container[field]).flatMap((word, index): Finding[] =>
        found(textOf(word), fieldPath(template.owner.object, [...path, field, index])),
      ),
    );
    return [...variables, ...words];
  });
}

function inConfigMaps({ emitted }: SecuritySubject): Finding[] {
  return emitted.manifests
    .filter(({ object }) => object['kind'] === 'ConfigMap')
    .flatMap(({ object }) =>
      Object.entries(objectOf(object['data'])).flatMap(([key, value]) =>
        named(key, textOf(value), fieldPath(object, ['data', key])),
      ),
    );
}

/** Compose files write `environment` as a map or as a list of `NAME=value`. */
function inCompose({ emitted }: SecuritySubject): Finding[] {
  return emitted.compose.flatMap((project) => {
    const services = Object.entries(objectOf(project.compose['services'])).flatMap(([name, service]) => {
      if (!isObject(service)) return [];
      const at = ['services', name];
      const variables = variablesOf(service['environment']).flatMap(([variable, value, key]) =>
        named(variable, value, composePath(project, [...at, 'environment', key])),
      );
      const words = ['command', 'entrypoint'].flatMap((field) => {
        const value = service[field];
        return (isList(value) ? value : [value ?? null]).flatMap((word, index) =>
          found(textOf(word), composePath(project, isList(value) ? [...at, field, index] : [...at, field])),
        );
      });
      return [...variables, ...words];
    });
    const files = Object.entries(project.files).flatMap(([file, text]) => found(text, file));
    return [...services, ...files];
  });
}

function variablesOf(environment: Json | undefined): [name: string, value: string | undefined, key: string | number][] {
  if (!isList(environment))
    return Object.entries(objectOf(environment)).map(([name, value]) => [name, textOf(value), name]);
  return environment.map((line, index) => {
    const text = textOf(line) ?? '';
    const sign = text.indexOf('=');
    return sign < 0 ? [text, undefined, index] : [text.slice(0, sign), text.slice(sign + 1), index];
  });
}

/** `${X}` and `$(X)` are filled in elsewhere; an empty value hides nothing. */
function named(name: string, value: string | undefined, path: string): Finding[] {
  if (value === undefined || value === '') return [];
  if (looksSecret(name) && !/^\$[({][^)}]*[)}]$/.test(value) && !/^(true|false|\d{1,6})$/i.test(value)) {
    return [{ path, message: `the value of ${name} stands in the open`, given: HIDDEN, allowed: ALLOWED }];
  }
  return found(value, path);
}

function found(text: string | undefined, path: string): Finding[] {
  const what = text === undefined ? undefined : secretIn(text);
  return what === undefined ? [] : [{ path, message: `${what} stands in the open`, given: HIDDEN, allowed: ALLOWED }];
}
