import { silentLogger } from '../../shared/kernel/logger';
import type { Task } from '../../shared/pipeline/task';

/** The task of a test that looks at no log lines. */
export const quietTask: Task = { logger: silentLogger };
