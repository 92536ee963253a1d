/** The suites that every adapter of a port runs. Needs vitest, unlike the rest of the testkit. */
export { storeContract, type StoreBed } from './store-contract.ts';
