// `npm run build`: the workspace application for the browser, and what gets published.
import { runSteps, type Step } from './run/steps.ts';

/** The application that `npm start` serves and the browser tests open. */
export const BUILD_APPLICATION: Step = {
  name: 'build apps/workspace',
  command: ['vite', 'build', 'apps/workspace', '--logLevel', 'warn'],
};

/** Everything that is published, checked as an installer sees it. */
export const BUILD_PACKAGES: Step = {
  name: 'build what is published',
  command: ['node', 'tools/pack.ts'],
};

if (import.meta.main) {
  // The server's package contains the application, so that comes first.
  const steps = [BUILD_APPLICATION, BUILD_PACKAGES];
  const failed = await runSteps(steps, { parallel: 1, stopAtFailure: true });
  if (failed.length > 0) process.exitCode = 1;
}
