// How the historian refuses: a status and `{"error": …}`, as InfluxDB's clients expect it.

import type { FastifyReply } from 'fastify';

export class RequestError extends Error {
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

export function sendError(reply: FastifyReply, statusCode: number, message: string): FastifyReply {
  return reply
    .code(statusCode)
    .header('content-type', 'application/json')
    .send(Buffer.from(`${JSON.stringify({ error: message })}\n`));
}
