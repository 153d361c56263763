#!/usr/bin/env node
import { runHost } from './run-host';

runHost();
