import type { FieldType } from './field-type';
import { readFieldType } from './field-type';
import { CUSTOM_RESOURCES } from './schema/custom-resources';
import { KUBERNETES } from './schema/kubernetes';

/** The generated table of the Kubernetes API. */
interface Table {
  /** `apps/v1 Deployment` → its type, and the versions that have it. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Type → field → what it holds. */
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Part of a custom resource's schema. @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ */
export interface ResourceSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, ResourceSchema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly items?: ResourceSchema;
  readonly additionalProperties?: ResourceSchema | boolean;
  readonly nullable?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly ResourceSchema[];
  readonly anyOf?: readonly ResourceSchema[];
  readonly oneOf?: readonly ResourceSchema[];
  readonly not?: ResourceSchema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

// Read when first asked for: most runs of the command line check nothing.
let table: Table | undefined;
let resources: Readonly<Record<string, ResourceSchema>> | undefined;

function kubernetes(): Table {
  return (table ??= JSON.parse(KUBERNETES) as Table);
}

function customResources(): Readonly<Record<string, ResourceSchema>> {
  return (resources ??= JSON.parse(CUSTOM_RESOURCES) as Readonly<Record<string, ResourceSchema>>);
}

/** A kind of the Kubernetes API: `type` is empty for one whose fields are not in the table. */
export function kindOf(apiVersion: string, kind: string): FieldType | undefined {
  const text = lookUp(kubernetes().kinds, `${apiVersion} ${kind}`);
  return text === undefined ? undefined : readFieldType(text);
}

/** The API versions that have a kind of this name, with what the table says of each. */
export function versionsOf(kind: string): ReadonlyMap<string, FieldType> {
  const ending = ` ${kind}`;
  return new Map(
    Object.entries(kubernetes().kinds)
      .filter(([key]) => key.endsWith(ending))
      .map(([key, text]) => [key.slice(0, -ending.length), readFieldType(text)]),
  );
}

/** Names of all kinds, each once. */
export function kindNames(): readonly string[] {
  return [...new Set(Object.keys(kubernetes().kinds).map((key) => key.split(' ')[1] ?? ''))];
}

/** True for a group of the Kubernetes API whose kinds are in the table. */
export function isKnownGroup(group: string): boolean {
  return Object.keys(kubernetes().kinds).some((key) => groupOfKey(key) === group);
}

/** What the fields of a type hold. */
export function fieldsOf(type: string): Readonly<Record<string, string>> | undefined {
  return lookUp(kubernetes().types, type);
}

/** The schema of a custom resource, if its definition is one of those that we have. */
export function customResource(apiVersion: string, kind: string): ResourceSchema | undefined {
  return lookUp(customResources(), `${apiVersion} ${kind}`);
}

/** API versions of the custom resources that we have the definitions of, by kind. */
export function customVersionsOf(group: string, kind: string): readonly string[] {
  return Object.keys(customResources()).flatMap((key) => {
    const [apiVersion = '', name] = key.split(' ');
    return name === kind && groupOfKey(key) === group ? [apiVersion] : [];
  });
}

function groupOfKey(key: string): string {
  const [apiVersion = ''] = key.split(' ');
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

function lookUp<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
