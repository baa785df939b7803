import type { Json, JsonObject } from '../../emitted';
import { isList, isObject, objectOf, textOf } from '../../read';
import type { Check } from '../check';
import { CONFIG_KEY, isConfigKey } from '../syntax';

/** Bytes that the values of a ConfigMap or Secret may have together. */
const MAX_SIZE = 1024 * 1024;

/** Keys that a Secret of a type has to have. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

type Say = (keys: readonly string[], message: string, allowed?: string) => void;

/** ConfigMaps and Secrets. */
export const config: Check = {
  code: 'TARS6125',
  severity: 'error',
  refusedBy: 'server',
  title: 'a ConfigMap or Secret that the server does not take',
  why: 'The server refuses more than 1 MiB, keys that cannot be file names, and a Secret that lacks what its type promises.',
  remedy: 'split it, rename the key, or add what the type asks for',
  on: {
    'core/v1.ConfigMap': ({ value, say }) => {
      const [data, binary] = [objectOf(value['data']), objectOf(value['binaryData'])];
      checkKeys('data', data, say);
      checkKeys('binaryData', binary, say);
      for (const key of Object.keys(binary))
        if (Object.hasOwn(data, key)) say(['binaryData', key], 'the key is in data as well', 'each key once');
      checkSize(say, 'data', sizeOf(data, false) + sizeOf(binary, true));
    },
    'core/v1.Secret': ({ value, say }) => {
      const [data, texts] = [objectOf(value['data']), objectOf(value['stringData'])];
      checkKeys('data', data, say);
      checkKeys('stringData', texts, say);
      const encoded = Object.fromEntries(Object.entries(data).filter(([key]) => !Object.hasOwn(texts, key)));
      checkSize(say, 'data', sizeOf(encoded, true) + sizeOf(texts, false));
      const type = textOf(value['type']) ?? '';
      const wanted = Object.hasOwn(TYPES, type) ? (TYPES[type] ?? []) : [];
      for (const key of wanted) {
        if (data[key] === undefined && texts[key] === undefined)
          say(['data', key], `a Secret of type ${type} has this key`, wanted.join(', '));
      }
      const docker = Object.hasOwn(texts, '.dockerconfigjson')
        ? textOf(texts['.dockerconfigjson'])
        : decoded(data['.dockerconfigjson']);
      if (type === 'kubernetes.io/dockerconfigjson' && docker !== undefined && !isJson(docker))
        say(['data', '.dockerconfigjson'], 'the value is no JSON', 'what docker login writes');
      if (
        type === 'kubernetes.io/basic-auth' &&
        !['username', 'password'].some((key) => data[key] !== undefined || texts[key] !== undefined)
      ) {
        say(['data'], `a Secret of type ${type} has one of these keys`, 'username, password');
      }
      if (type === 'kubernetes.io/service-account-token') {
        const annotations = objectOf(objectOf(value['metadata'])['annotations']);
        if (!annotations['kubernetes.io/service-account.name'])
          say(['metadata', 'annotations'], 'the token is of nobody', 'kubernetes.io/service-account.name');
      }
    },
  },
};

function checkKeys(field: string, data: JsonObject, say: Say): void {
  for (const key of Object.keys(data)) if (!isConfigKey(key)) say([field, key], 'not a key', CONFIG_KEY);
}

function checkSize(say: Say, field: string, size: number): void {
  if (size > MAX_SIZE) say([field], `the values have ${size} bytes together`, `${MAX_SIZE} bytes`);
}

function sizeOf(data: JsonObject, isEncoded: boolean): number {
  return Object.entries(data).reduce((sum, [, value]) => {
    return sum + (isEncoded ? bytesOf(value).length : Buffer.byteLength(textOf(value) ?? ''));
  }, 0);
}

function decoded(value: Json | undefined): string | undefined {
  return value === undefined || value === null ? undefined : bytesOf(value).toString();
}

/** Bytes are written in base64, or as a list of numbers. */
function bytesOf(value: Json | undefined): Buffer {
  return Buffer.from(isList(value) ? Uint8Array.from(value, Number) : Buffer.from(textOf(value) ?? '', 'base64'));
}

function isJson(text: string): boolean {
  try {
    return isObject(JSON.parse(text) as JsonObject);
  } catch {
    return false;
  }
}
