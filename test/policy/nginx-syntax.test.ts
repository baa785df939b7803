import * as fc from 'fast-check';
import { block, directive, writeDirectives } from '../../lib/policy/nginx-syntax';
import { parseNginx } from '../support/nginx-parser';

test('blocks are indented, words quoted where they must be', () => {
  const written = writeDirectives([
    block('location', ['/a b'], [directive('return', '200', 'a"b\n'), directive('set', '$x', ''), directive('plain')]),
  ]);
  expect(written).toBe('location "/a b" {\n  return 200 "a\\"b\\n";\n  set $x "";\n  plain;\n}\n');
});

test('any words come back as they were', () => {
  const word = fc.string({ unit: fc.constantFrom(...Array.from('ab/$ ;{}"\'\\#\n\t~=')) });
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(parseNginx(writeDirectives([directive('x', ...words)]))).toEqual([
        { name: 'x', args: words, block: undefined },
      ]);
    }),
  );
});
