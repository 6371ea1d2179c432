// Fetches every model of circuits/models.lock.json, so that no test of one is skipped.
import { install, npm } from './lib.mjs';

install();
if (!npm(['run', 'models', '--silent', '--', 'ci', 'train', 'evaluate'])) process.exitCode = 1;
