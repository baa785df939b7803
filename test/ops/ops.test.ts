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
      "CONTROLLER_DEFAULTS",
      "NEW_HPA_STATE",
      "afterFailedUpdate",
      "hpaRound",
      "readHpa",
      "smoothWeightedSequence",
      "writeScale",
    ]
  `);
});
