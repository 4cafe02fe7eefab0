// The routes of products, for /openapi.json.

import {
  answer,
  CACHED_HEADERS,
  IDEMPOTENCY_KEY,
  IDEMPOTENCY_REPLAYED,
  IF_NONE_MATCH,
  NOT_MODIFIED,
  LOCATION,
  problems,
  withScope,
  type Documentation,
} from "../http/openapi.ts";
import { product, productPage } from "./schemas.ts";

const tags = ["Products"];

export const documentation: Documentation = {
  "GET /v1/products": {
    tags,
    operationId: "listProducts",
    summary: "List products",
    description: "Ordered by id, from the cache where it has them.",
    parameters: [IF_NONE_MATCH],
    responses: {
      200: answer("A page of products.", productPage, CACHED_HEADERS),
      304: NOT_MODIFIED,
      ...problems("bad-request"),
    },
  },
  "GET /v1/products/{id}": {
    tags,
    operationId: "getProduct",
    summary: "Read a product",
    description: "From the cache where it has it. That there is none is remembered too, for 30 seconds.",
    parameters: [IF_NONE_MATCH],
    responses: {
      200: answer("The product.", product, CACHED_HEADERS),
      304: NOT_MODIFIED,
      ...problems("bad-request", "not-found"),
    },
  },
  "POST /v1/products": {
    tags,
    operationId: "createProduct",
    summary: "Add a product",
    ...withScope("products:write"),
    parameters: [IDEMPOTENCY_KEY],
    responses: {
      201: answer("The new product.", product, {
        ...LOCATION,
        ...IDEMPOTENCY_REPLAYED,
      }),
      ...problems(
        "bad-request",
        "unauthorized",
        "forbidden",
        "conflict",
        "content-too-large",
        "unsupported-media-type",
        "idempotency-key-reused",
        "redis-unavailable",
      ),
    },
  },
  "PATCH /v1/products/{id}": {
    tags,
    operationId: "updateProduct",
    summary: "Change a product",
    description: "The next read anywhere sees the change. Without Redis nothing is written.",
    ...withScope("products:write"),
    responses: {
      200: answer("The product as it is now.", product),
      ...problems(
        "bad-request",
        "unauthorized",
        "forbidden",
        "not-found",
        "conflict",
        "content-too-large",
        "unsupported-media-type",
        "redis-unavailable",
      ),
    },
  },
  "DELETE /v1/products/{id}": {
    tags,
    operationId: "removeProduct",
    summary: "Remove a product",
    ...withScope("products:write"),
    responses: {
      204: { description: "It is gone." },
      ...problems("bad-request", "unauthorized", "forbidden", "not-found", "conflict", "redis-unavailable"),
    },
  },
};
