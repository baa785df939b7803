import * as ops from 'cdk8s-tars/ops';

test('the public surface', () => {
  expect(Object.keys(ops).sort()).toMatchInlineSnapshot(`
    [
      "BalancingError",
      "ClusterClient",
      "ClusterError",
      "LoadBalancer",
      "compileBalancing",
      "connectCluster",
      "isClusterError",
      "nodeMetrics",
      "observe",
      "podMetrics",
      "readScale",
      "smoothWeightedSequence",
      "writeScale",
    ]
  `);
});
