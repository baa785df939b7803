/** One rule of an admission policy, in CEL. @see https://kubernetes.io/docs/reference/using-api/cel/ */
export interface PolicyRule {
  /** Stable code, which the refusal starts with. */
  readonly code: `TARS66${number}`;
  /** What has to hold. */
  readonly expression: string;
  /** What does not hold, in words. */
  readonly what: string;
  /** A CEL expression with more about it, a text, e.g. the names of containers. @default - nothing more */
  readonly which?: string;
  /** What to do instead. */
  readonly remedy: string;
}

/** Resources that a policy is asked about. */
export interface PolicyResources {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly string[];
}

/** One ValidatingAdmissionPolicy and its binding, before it has a name in the cluster. */
export interface PolicySpec {
  /** First part of its name. */
  readonly name: string;
  readonly resources: readonly PolicyResources[];
  /** @default - CREATE and UPDATE */
  readonly operations?: readonly ('CREATE' | 'UPDATE')[];
  /** Labels of the objects that it is asked about; an object that has lost them counts by its old ones. @default - all objects */
  readonly labels?: Readonly<Record<string, string>>;
  /** Whether it reads the facts of the model, which stand in a ConfigMap. @default false */
  readonly readsFacts?: boolean;
  /** When it is asked, besides. @default - always */
  readonly conditions?: readonly { readonly name: string; readonly expression: string }[];
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly rules: readonly PolicyRule[];
}

/** A text as a literal of CEL. */
export function celText(text: string): string {
  return JSON.stringify(text);
}

/** A list of texts as a literal of CEL. */
export function celList(texts: readonly string[]): string {
  return `[${texts.map(celText).join(', ')}]`;
}
