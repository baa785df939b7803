import { expandKubernetes, interpolateCompose, secretMark, secretVariable } from '../../../lib/verify/parity/decoding';
import { interpolate } from '../../support/compose-reader';
import { expand } from '../../support/kubelet';

const KNOWN = { A: 'a', B: '$(A)', EMPTY: '' };

/** The readers of test/support are ports of the programs' own sources. */
test.each([
  ...[
    '',
    '$',
    '$$',
    '$$$',
    '$(A)',
    '$$(A)',
    '$$$(A)',
    '$(B)',
    '$(C)',
    '$(A',
    '$()',
    '$A',
    'x$(A)y$(EMPTY)z',
    '$($(A))',
    '$(A)$(A)',
  ],
  ...['${A}', '100%$', '\n$(A)\n', '$-(A)', '$(A)$', '$$$$(A)', '$ (A)'],
])('%j is to a kubelet what its own source says', (text) => {
  expect(expandKubernetes(text, new Map(Object.entries(KNOWN)))).toBe(expand(text, KNOWN));
});

test.each([
  '',
  '$$',
  '$$$$',
  'a$$b',
  '$${A}',
  '$$A',
  '${X:-d}',
  '${X-d}',
  '${X:-}',
  'a${X:-d}b',
  '$X',
  '${X}',
  '${X:+y}',
  'a $$(b)',
])('%j is to Compose what its own source says', (text) => {
  expect(interpolateCompose(text)).toBe(interpolate(text, {}));
});

test.each([
  ['${KEY:?copy it}', secretMark('KEY')],
  ['${KEY?copy it}', secretMark('KEY')],
  ['redis://:${KEY:?copy it}@cache', `redis://:${secretMark('KEY')}@cache`],
])('%j holds a secret', (text, expected) => {
  expect(interpolateCompose(text)).toBe(expected);
});

test.each([
  [undefined, 'KEY', 'KEY'],
  [undefined, 'tls.key', 'TLS_KEY'],
  ['their-secret', 'tls.key', 'THEIR_SECRET_TLS_KEY'],
  [undefined, '1st', '_1ST'],
])('key %j %j is the variable %s', (name, key, variable) => {
  expect(secretVariable(name, key)).toBe(variable);
});
