/*
 * Maximum likelihood by Fisher scoring in C, with two kernels made by
 *
 *     symfisher kernel gamma --quantity score --target c --output gamma_score.h
 *     symfisher kernel gamma --quantity fisher --target c --output gamma_fisher.h
 *     cc -O3 -march=native -std=c99 fit_gamma.c -o fit_gamma -lm
 *
 * It reads positive numbers from standard input and prints the shape and the rate of the gamma
 * distribution, each with its standard error from the inverse of n times the Fisher matrix.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gamma_fisher.h"
#include "gamma_score.h"

enum { MOST = 1000000, STEPS = 100 };

static double data[MOST], shapes[MOST], rates[MOST], scores[2 * MOST];

/* Standard input into data; returns how many numbers there were. */
static size_t read_data(void)
{
    size_t n = 0;
    while (n < MOST && scanf("%lf", &data[n]) == 1) n++;
    return n;
}

/* The mean score of the data at one point of the parameter space. */
static void mean_score(size_t n, double shape, double rate, double mean[2])
{
    size_t i;
    for (i = 0; i < n; i++) {
        shapes[i] = shape;
        rates[i] = rate;
    }
    gamma_score(n, data, shapes, rates, scores);
    mean[0] = mean[1] = 0.0;
    for (i = 0; i < n; i++) {
        mean[0] += scores[2 * i] / (double)n;
        mean[1] += scores[2 * i + 1] / (double)n;
    }
}

int main(void)
{
    const size_t n = read_data();
    double shape = 1.0, rate = 1.0, score[2], fisher[4], determinant = 1.0;
    int step;
    if (n < 2) {
        fprintf(stderr, "fit_gamma: at least two numbers are needed\n");
        return EXIT_FAILURE;
    }
    for (step = 0; step < STEPS; step++) {
        double up_shape, up_rate, damping = 1.0;
        mean_score(n, shape, rate, score);
        gamma_fisher(1, &shape, &rate, fisher);
        determinant = fisher[0] * fisher[3] - fisher[1] * fisher[2];
        up_shape = (fisher[3] * score[0] - fisher[1] * score[1]) / determinant;
        up_rate = (fisher[0] * score[1] - fisher[2] * score[0]) / determinant;
        while (shape + damping * up_shape <= 0.0 || rate + damping * up_rate <= 0.0) damping /= 2.0;
        shape += damping * up_shape;
        rate += damping * up_rate;
        if (fabs(up_shape) < 1e-12 * shape && fabs(up_rate) < 1e-12 * rate) break;
    }
    printf("shape %.12g +- %.6g\n", shape, sqrt(fisher[3] / determinant / (double)n));
    printf("rate  %.12g +- %.6g\n", rate, sqrt(fisher[0] / determinant / (double)n));
    return EXIT_SUCCESS;
}
