/*
 * The lower bound for the engine's lock workload: 16 processes think, take one lock in the order of asking, hold it, drop it.
 * A binary heap of (time, running number) and nothing else: no CPUs, no stacks, no record.
 * Prints events per second, the median of the rounds. cc -O2 -o lock lock.c
 */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PROCESSES = 16, EVENTS = 3000000, ROUNDS = 5, QUEUE = 64 };

struct event { double time; uint32_t order; int32_t what; };

static struct event heap[QUEUE];
static int size;
static uint32_t arrivals, state;

static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state / 4294967296.0;
}

static int sooner(const struct event *a, const struct event *b)
{
	return a->time < b->time || (a->time == b->time && a->order < b->order);
}

static void schedule(double time, int32_t what)
{
	struct event e = { time, arrivals++, what };
	int hole = size++;

	while (hole > 0 && sooner(&e, &heap[(hole - 1) / 2])) {
		heap[hole] = heap[(hole - 1) / 2];
		hole = (hole - 1) / 2;
	}
	heap[hole] = e;
}

static struct event next(void)
{
	struct event first = heap[0], last = heap[--size];
	int hole = 0;

	for (int child = 1; child < size; child = 2 * hole + 1) {
		if (child + 1 < size && sooner(&heap[child + 1], &heap[child]))
			child++;
		if (!sooner(&heap[child], &last))
			break;
		heap[hole] = heap[child];
		hole = child;
	}
	heap[hole] = last;
	return first;
}

/* what < PROCESSES: that process asks for the lock; else process what - PROCESSES drops it. */
static double events_per_second(void)
{
	static int queue[QUEUE];
	unsigned head = 0, tail = 0;
	int held = 0;
	struct timespec from, to;

	size = 0;
	arrivals = 0;
	state = 12345;
	for (int p = 0; p < PROCESSES; p++)
		schedule(uniform(), p);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int n = 0; n < EVENTS; n++) {
		struct event e = next();

		if (e.what < PROCESSES) {
			if (held) {
				queue[tail++ % QUEUE] = e.what;
			} else {
				held = 1;
				schedule(e.time + 0.1 * uniform(), PROCESSES + e.what);
			}
			continue;
		}
		schedule(e.time + uniform(), e.what - PROCESSES);
		if (head != tail)
			schedule(e.time + 0.1 * uniform(), PROCESSES + queue[head++ % QUEUE]);
		else
			held = 0;
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	return EVENTS / ((to.tv_sec - from.tv_sec) + (to.tv_nsec - from.tv_nsec) / 1e9);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	double rounds[ROUNDS];

	for (int r = 0; r < ROUNDS; r++)
		rounds[r] = events_per_second();
	qsort(rounds, ROUNDS, sizeof rounds[0], ascending);
	printf("%.0f\n", rounds[ROUNDS / 2]);
	return 0;
}
