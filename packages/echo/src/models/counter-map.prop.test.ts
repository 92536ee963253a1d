/** The model of the tests passes the laws of all models. */
import { modelContract } from '@atoll/testkit/contracts';
import { countsModel } from './counter-map.fixture.ts';

modelContract({
  model: countsModel,
  edit: (view, random) => view.add('abc'[random(3)] as string, random(9) - 4),
});
