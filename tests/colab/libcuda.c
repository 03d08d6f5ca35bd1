/* A driver that says what STUB_GPU tells it: "7.5" is one GPU of that compute
   capability; without it there is a driver and no GPU. It computes nothing. */
#include <stdio.h>
#include <stdlib.h>

#define NO_DEVICE 100
#define NOT_SUPPORTED 801
#define CAPABILITY_MAJOR 75

static int capability[2];

int cuInit(unsigned flags) {
    const char *gpu = getenv("STUB_GPU");
    if (!gpu) return NO_DEVICE;
    return sscanf(gpu, "%d.%d", &capability[0], &capability[1]) != 2;
}

int cuDeviceGet(int *device, int number) { return *device = number, 0; }

int cuDeviceGetAttribute(int *value, int attribute, int device) {
    return *value = capability[attribute - CAPABILITY_MAJOR], 0;
}

/* The other functions that libmxnet.so is linked against */
#define UNSUPPORTED(name) int name(void) { return NOT_SUPPORTED; }
UNSUPPORTED(cuDevicePrimaryCtxRetain)
UNSUPPORTED(cuGetErrorString)
UNSUPPORTED(cuGraphKernelNodeGetParams)
UNSUPPORTED(cuGraphNodeGetType)
UNSUPPORTED(cuLaunchKernel)
UNSUPPORTED(cuModuleGetFunction)
UNSUPPORTED(cuModuleLoadData)
UNSUPPORTED(cuModuleLoadDataEx)
UNSUPPORTED(cuModuleUnload)
