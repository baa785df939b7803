/** Names of variables and keys that hold a secret, most likely. */
const NAME =
  /(^|[_.-])([a-z]*(?:password|passwd|passphrase)|pass|pwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credentials?)s?($|[_.-])/i;

/** Names that speak of a secret and hold none: where it is, how long it lasts, whether there is one. */
const ABOUT =
  /([_.-](file|path|dir|name|url|uri|ttl|type|length|size|count|limit|expiry|expires?|seconds|minutes|enabled|required|rotation|algorithm|header|issuer|mount|ref))s?$|^(max|min|num)[_.-]/i;

/** True for `POSTGRES_PASSWORD`, not for `TOKEN_TTL_SECONDS`. */
export function looksSecret(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return NAME.test(words) && !ABOUT.test(words);
}

/** `postgres://user:password@host`, but not with a variable in the place of the password. */
const URL_PASSWORD = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'$]*:([^\s/@"'$]+)@/i;

/** Keys of machines and of services, by the form that their makers gave them. */
const MATERIAL: readonly (readonly [what: string, form: RegExp])[] = [
  ['a private key', /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/],
  ['a key of AWS', /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['a token of GitHub', /\bgh[pousr]_[A-Za-z0-9]{36,}\b/],
  ['a token of GitLab', /\bglpat-[A-Za-z0-9_-]{20,}\b/],
  ['a key of OpenAI', /\bsk-(proj-)?[A-Za-z0-9_-]{20,}\b/],
  ['a token of Slack', /\bxox[abprs]-[A-Za-z0-9-]{10,}\b/],
  ['a key of Google', /\bAIza[A-Za-z0-9_-]{35}\b/],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/],
];

/** What of a secret a text holds: undefined for nothing. */
export function secretIn(text: string): string | undefined {
  const material = MATERIAL.find(([, form]) => form.test(text));
  if (material !== undefined) return material[0];
  return URL_PASSWORD.test(text) ? 'a URL with a password' : undefined;
}
