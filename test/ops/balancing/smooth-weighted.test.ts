import fc from 'fast-check';
import { Peer } from '../../../lib/ops/balancing/peer';
import { pickSmoothWeighted, smoothWeightedSequence } from '../../../lib/ops/balancing/smooth-weighted';

describe('the sequence', () => {
  test.each([
    [[5, 1, 1], 'a a b a c a a'],
    [[1, 1, 1], 'a b c a b c a'],
    [[4, 3, 2], 'a b c a b a c b a'],
    [[0, 1], 'b b b'],
    [[3], 'a a a'],
    [[0, 0], ''],
    [[], ''],
  ])('of weights %j is %s', (weights, expected) => {
    const length = expected === '' ? 3 : expected.split(' ').length;
    const names = smoothWeightedSequence(weights, length).map((index) => 'abc'[index]);
    expect(names.join(' ')).toBe(expected);
  });
});

const weightLists = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 });

test('each gets exactly its weight in each round, and the round repeats', () => {
  fc.assert(
    fc.property(weightLists, (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const [first, second] = [0, total].map((from) =>
        smoothWeightedSequence(weights, 2 * total).slice(from, from + total),
      );
      expect(second).toEqual(first);
      expect(weights.map((_, index) => first?.filter((pick) => pick === index).length)).toEqual(weights);
    }),
  );
});

test('what all stand at adds up to nothing, whoever is down in between', () => {
  fc.assert(
    fc.property(weightLists, fc.array(fc.boolean(), { maxLength: 100 }), (weights, downs) => {
      const peers = weights.map((weight) => new Peer(weight));
      downs.forEach((down, step) => {
        const peer = peers[step % peers.length];
        if (peer !== undefined) peer.out = down;
        pickSmoothWeighted(peers, 0);
        expect(peers.reduce((sum, { currentWeight }) => sum + currentWeight, 0)).toBe(0);
      });
    }),
  );
});
