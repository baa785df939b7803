import type { CheckText } from './check';

/** What the schema itself decides: found by the walk over every field. */

export const unknownApi: CheckText = {
  code: 'TARS6101',
  severity: 'error',
  refusedBy: 'server',
  title: 'a kind or API version that the server does not have',
  why: 'The server answers "no matches for kind", and nothing of the object exists. Versions come and go with the minor version of the server: what it has no more, or not yet, is refused alike.',
  remedy: 'use the API version that the message names, or say the version of your server in kubernetesVersion',
};

export const unknownField: CheckText = {
  code: 'TARS6102',
  severity: 'error',
  refusedBy: 'server',
  title: 'a field that the kind does not have',
  why: 'With strict validation, which kubectl asks for, the server refuses the object. Without, it drops the field in silence, and the system runs without what it said.',
  remedy: 'correct the name of the field, or move it to the place where it belongs',
};

export const unservedField: CheckText = {
  code: 'TARS6103',
  severity: 'error',
  refusedBy: 'server',
  title: 'a field or value that this version of the server does not have',
  why: 'A server that does not know the field refuses it. A server that has it behind a feature gate that is off drops it in silence, which is worse: the object is taken and does something else.',
  remedy: 'leave it out, or say the version of your server in kubernetesVersion',
};

export const wrongType: CheckText = {
  code: 'TARS6104',
  severity: 'error',
  refusedBy: 'server',
  title: 'a value of the wrong type',
  why: 'The server cannot decode the object and refuses it. Most often YAML is the cause: `8080`, `yes` or `1.20` without quotes is no text.',
  remedy: 'write a value of the type that is said under "allowed"; quote what has to be a text',
};

export const missingField: CheckText = {
  code: 'TARS6105',
  severity: 'error',
  refusedBy: 'server',
  title: 'a field is missing that the server requires',
  why: 'The server refuses the object.',
  remedy: 'add the field',
};

export const unknownValue: CheckText = {
  code: 'TARS6106',
  severity: 'error',
  refusedBy: 'server',
  title: 'a value that is not one of those that the field may have',
  why: 'The server refuses the object. Upper and lower case count: `http` is no probe scheme, `tcp` no protocol.',
  remedy: 'use one of the values that are said under "allowed"',
};
