import { isDnsLabel } from '../../model/names';
import type { Json } from '../emitted';

/**
 * The names that Kubernetes knows.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */

export const DNS_LABEL = 'lower-case letters, digits and "-", at most 63 characters, first and last a letter or digit';
export const DNS_LABEL_1035 = 'lower-case letters, digits and "-", at most 63 characters, first a letter';
export const DNS_SUBDOMAIN = 'DNS labels with "." between them, at most 253 characters';
export const QUALIFIED_NAME =
  'a name of at most 63 letters, digits, "-", "_" and ".", with a DNS name and "/" before it if wanted';
export const LABEL_VALUE = 'at most 63 letters, digits, "-", "_" and ".", first and last a letter or digit';
export const PORT_NAME =
  'at most 15 lower-case letters, digits and "-", a letter among them, first and last no "-", no "--"';
export const PORT_NUMBER = '1 to 65535';
export const CONFIG_KEY = 'at most 253 letters, digits, "-", "_" and "."';

export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => isDnsLabel(label, 253));
}

/** What a Service is called. */
export function isDnsLabel1035(text: string): boolean {
  return isDnsLabel(text) && /^[a-z]/.test(text);
}

/** A key of a label or annotation, or the name of a finalizer. */
export function isQualifiedName(text: string): boolean {
  const parts = text.split('/');
  const [prefix, name] = parts.length === 1 ? [undefined, parts[0]] : parts;
  if (parts.length > 2 || name === undefined) return false;
  return (prefix === undefined || isDnsSubdomain(prefix)) && name !== '' && isLabelValue(name);
}

export function isLabelValue(text: string): boolean {
  return text.length <= 63 && /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(text);
}

/** What a port may be called. @see https://www.rfc-editor.org/rfc/rfc6335#section-5.1 */
export function isPortName(text: string): boolean {
  return text.length <= 15 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && /[a-z]/.test(text);
}

export function isPortNumber(value: Json | undefined): boolean {
  return typeof value === 'number' && value >= 1 && value <= 65535;
}

/** A key of a ConfigMap or Secret. */
export function isConfigKey(text: string): boolean {
  return text.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(text) && text !== '.' && !text.startsWith('..');
}

/** Since 1.32 (in beta) nearly everything can be a variable's name. @see https://kep.k8s.io/4369 */
export function isEnvName(text: string, minor: number): boolean {
  return minor >= 32
    ? /^[ -<>-~]+$/.test(text)
    : /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text) && !/^\.{1,2}$|^\.\./.test(text);
}

/** A path that cannot leave the directory it is in. */
export function isInside(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..');
}

/** `3` or `"25%"`. */
export function isIntOrPercent(value: Json | undefined): boolean {
  return typeof value === 'number' ? value >= 0 : typeof value === 'string' && /^[0-9]+%$/.test(value);
}
