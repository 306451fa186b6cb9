import { readFrozen } from './frozen-files';
import { compareLimits, presentLimits } from './limits';

const { limits: frozen } = readFrozen();

test('a figure that requests were judged by is caught when it falls, rises or goes', () => {
  const { metadataDepth: _gone, ...rest } = presentLimits();
  const edited = { ...rest, metadataBytes: 8_192, reasonLength: 4_000, further: 1 };
  expect(
    compareLimits(frozen, edited).map(({ verdict, subject, what }) => `${verdict}: ${subject} ${what}`),
  ).toEqual([
    'incompatible: limit reasonLength is 4000, and was 2000',
    'incompatible: limit metadataBytes is 8192, and was 16384',
    'incompatible: limit metadataDepth is gone, and was 16',
    'not-frozen: limit further is new: 1',
  ]);
});
