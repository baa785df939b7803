import * as ops from 'cdk8s-tars/ops';

test('the public surface', () => {
  expect(Object.keys(ops).sort()).toMatchInlineSnapshot(`
    [
      "AutoScaler",
      "BalancingError",
      "CONTROLLER_DEFAULTS",
      "ClusterClient",
      "ClusterError",
      "LoadBalancer",
      "NEW_HPA_STATE",
      "NEW_THRESHOLD_STATE",
      "afterFailedUpdate",
      "compileBalancing",
      "connectCluster",
      "generatedLoad",
      "hpaRound",
      "isClusterError",
      "kubernetesTarget",
      "metricsApiSource",
      "nodeMetrics",
      "observe",
      "podMetrics",
      "prometheusSource",
      "proposedPolicy",
      "readHpa",
      "readScale",
      "recordedLoad",
      "scalingPolicy",
      "simulateHpa",
      "smoothWeightedSequence",
      "thresholdRound",
      "tune",
      "writeScale",
    ]
  `);
});
