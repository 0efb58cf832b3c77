// Why a process cannot start or go on, and the codes with which processes end. Threads know it too, and little else.

export const EXIT = {
  ok: 0,
  findings: 1,
  usage: 2,
  unavailable: 69,
  software: 70,
  config: 78,
  interrupted: 130,
} as const;

/** Ends the process with a sentence instead of a stack trace: the outside world is not as the service needs it. */
export class StartError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.config) {
    super(message);
    this.exitCode = exitCode;
  }
}
