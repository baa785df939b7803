/**
 * What a kubelet makes of a container's variables and command, ported from its source, so that
 * `npm test` can ask what a process receives:
 * https://github.com/kubernetes/kubernetes/blob/master/third_party/forked/golang/expansion/expand.go
 * and makeEnvironmentVariables of pkg/kubelet/kubelet_pods.go.
 */

/** Values by name. */
export type Values = Readonly<Record<string, string>>;

/** Replaces `$(NAME)` by its value; `$$` stands for `$`; a name that nobody knows stays as it is written. */
export function expand(input: string, values: Values): string {
  let output = '';
  let checkpoint = 0;
  for (let cursor = 0; cursor < input.length; cursor++) {
    if (input[cursor] !== '$' || cursor + 1 >= input.length) continue;
    output += input.slice(checkpoint, cursor);
    const [read, isVariable, advance] = tryReadVariableName(input.slice(cursor + 1));
    output += isVariable ? (Object.hasOwn(values, read) ? (values[read] ?? '') : `$(${read})`) : read;
    cursor += advance;
    checkpoint = cursor + 1;
  }
  return output + input.slice(checkpoint);
}

function tryReadVariableName(input: string): readonly [read: string, isVariable: boolean, advance: number] {
  if (input.startsWith('$')) return ['$', false, 1];
  if (!input.startsWith('(')) return [`$${input[0] ?? ''}`, false, 1];
  const close = input.indexOf(')', 1);
  return close < 0 ? ['$(', false, 1] : [input.slice(1, close), true, close + 1];
}

/** A container, as far as its process' surroundings are concerned. */
export interface ContainerJson {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
  }[];
}

/** The data of ConfigMaps and Secrets, by name. */
export interface Stores {
  readonly configMaps?: Readonly<Record<string, Values>>;
  readonly secrets?: Readonly<Record<string, Values>>;
}

/**
 * The variables of a container's process. Those of a ConfigMap are taken as they are and quoted by
 * nobody; an entry may quote those that stand before it.
 */
export function processEnvironment(container: ContainerJson, stores: Stores): Values {
  const result: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom ?? []) {
    Object.assign(result, stores.configMaps?.[configMapRef.name]);
  }
  const known: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    const secret = valueFrom?.secretKeyRef;
    const found =
      secret === undefined ? expand(value ?? '', known) : (stores.secrets?.[secret.name]?.[secret.key] ?? '');
    known[name] = found;
    result[name] = found;
  }
  return result;
}

/** The command line of a container's process. */
export function processArguments(container: ContainerJson, stores: Stores): string[] {
  const values = processEnvironment(container, stores);
  return [...(container.command ?? []), ...(container.args ?? [])].map((word) => expand(word, values));
}
