/** Counts the steps of one op, so that a hostile one neither hangs nor fills the memory. */
import { MODEL_STEPS_MAX, type ModelMeter } from './model.ts';

/** An op took more steps than it may. Not for applications: a model lets it pass. */
export class ModelBudgetError extends RangeError {
  override readonly name = 'ModelBudgetError';
}

/** The steps of one op. */
export class ModelBudget implements ModelMeter {
  #left: number;

  constructor(steps: number = MODEL_STEPS_MAX) {
    this.#left = steps;
  }

  step(count = 1): void {
    if (!(count >= 0)) throw new ModelBudgetError('a number of steps is not negative');
    this.#left -= count;
    if (this.#left < 0) throw new ModelBudgetError('an op takes more steps than it may');
  }
}
