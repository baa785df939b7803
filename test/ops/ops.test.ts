import * as ops from 'cdk8s-tars/ops';

test('the public surface', () => {
  expect(Object.keys(ops).sort()).toMatchInlineSnapshot(`
    [
      "smoothWeightedSequence",
    ]
  `);
});
