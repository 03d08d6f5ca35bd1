"""Right answers in plain Python, with loops and lists, as many readers write them."""

import math


def area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    inside = max(width, 0) * max(height, 0)
    union = area(a) + area(b) - inside
    return inside / union if union > 0 else 0


def box_iou(a, b):
    return [[iou(x, y) for y in b] for x in a]


def clip_boxes(boxes):
    return [[min(max(v, 0), 1) for v in box] for box in boxes]


def corners_to_centers(boxes):
    return [
        [(a + c) / 2, (b + d) / 2, c - a, d - b]
        for a, b, c, d in boxes.tolist()
    ]


def centers_to_corners(boxes):
    return [
        [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
        for x, y, w, h in boxes.tolist()
    ]


def flip_boxes(boxes):
    flipped = boxes.copy()
    for i in range(len(boxes)):
        flipped[i][0] = 1 - boxes[i][2]
        flipped[i][2] = 1 - boxes[i][0]
    return flipped


def letterbox_boxes(boxes, height, width):
    side = max(height, width)
    left, top = (side - width) / 2, (side - height) / 2
    return [
        [
            (left + a * width) / side,
            (top + b * height) / side,
            (left + c * width) / side,
            (top + d * height) / side,
        ]
        for a, b, c, d in boxes
    ]


def pad_labels(labels):
    longest = max(1, max(len(rows) for rows in labels))
    return [
        [list(r) for r in rows] + [[-1] * 6] * (longest - len(rows))
        for rows in labels
    ]


def crop_boxes(labels, window):
    left, top, right, bottom = window
    kept = []
    for label, a, b, c, d, difficult in labels:
        x, y = (a + c) / 2, (b + d) / 2
        if left < x < right and top < y < bottom:
            box = [
                (a - left) / (right - left),
                (b - top) / (bottom - top),
                (c - left) / (right - left),
                (d - top) / (bottom - top),
            ]
            kept.append([label, *(min(max(v, 0), 1) for v in box), difficult])
    return kept


def receptive_field(layers):
    size, stride = 1, 1
    for kernel, step in reversed(layers):  # back from the cell to the input
        size = (size - 1) * step + kernel
        stride *= step
    return [size, stride]


def feature_map_shapes(height, width):
    return [[height // s, width // s] for s in (8, 16, 32)] + [[1, 1]]


def anchors_of_cell(row, column, height, width, sizes, ratios):
    anchors, side = [], min(height, width)
    for i, s in enumerate(sizes):
        for r in ratios if i == 0 else ratios[:1]:
            w = s * math.sqrt(r) * side / width
            h = s / math.sqrt(r) * side / height
            x, y = (column + 0.5) / width, (row + 0.5) / height
            anchors.append([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
    return anchors


def generate_anchors(height, width, sizes, ratios):
    anchors = []
    for row in range(height):
        for column in range(width):
            cell = row, column, height, width, sizes, ratios
            anchors += anchors_of_cell(*cell)
    return anchors


def anchor_order(index, shapes, per_cell):
    number = 0
    for m, (rows, columns) in enumerate(shapes):
        for row in range(rows):
            for column in range(columns):
                for k in range(per_cell):
                    if number == index:
                        return [m, row, column, k]
                    number += 1


def flatten_head(output, values):
    batch, channels, height, width = output.shape
    return [
        [
            [output[b, k * values + v, row, column] for v in range(values)]
            for row in range(height)
            for column in range(width)
            for k in range(channels // values)
        ]
        for b in range(batch)
    ]


def best_possible_iou(anchors, truths):
    return [max((iou(a, t) for a in anchors), default=0) for t in truths]


def match_anchors(anchors, truths):
    matches = [-1] * len(anchors)
    for i, a in enumerate(anchors):
        for j, t in enumerate(truths):
            old = matches[i]
            better = old < 0 or iou(a, t) > iou(a, truths[old])
            if iou(a, t) >= 0.5 and better:
                matches[i] = j
    pairs = [
        (iou(a, t), i, j)
        for i, a in enumerate(anchors)
        for j, t in enumerate(truths)
    ]
    used, served = set(), set()
    for value, i, j in sorted(pairs, reverse=True):
        if value > 0 and i not in used and j not in served:
            matches[i] = j
            used.add(i)
            served.add(j)
    return matches


def encode_offsets(anchors, boxes):
    offsets = []
    for a, b in zip(corners_to_centers(anchors), corners_to_centers(boxes)):
        offsets.append(
            [
                (b[0] - a[0]) / a[2] / 0.1,
                (b[1] - a[1]) / a[3] / 0.1,
                math.log(b[2] / a[2]) / 0.2,
                math.log(b[3] / a[3]) / 0.2,
            ]
        )
    return offsets


def decode_offsets(anchors, offsets):
    boxes = []
    for a, o in zip(corners_to_centers(anchors), offsets):
        x, y = a[0] + 0.1 * o[0] * a[2], a[1] + 0.1 * o[1] * a[3]
        w, h = a[2] * math.exp(0.2 * o[2]), a[3] * math.exp(0.2 * o[3])
        boxes.append([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
    return boxes


def ssd_targets(labels, anchors):
    all_classes, all_offsets = [], []
    for rows in labels:
        objects = [row for row in rows if row[0] >= 0]
        matches = match_anchors(anchors, [row[1:5] for row in objects])
        classes, offsets = [], []
        for i, match in enumerate(matches):
            if match < 0:
                classes.append(0)
                offsets.append([0, 0, 0, 0])
            else:
                row = objects[match]
                classes.append(int(row[0]) + 1)
                pair = anchors[i : i + 1], row[None, 1:5]
                offsets.append(encode_offsets(*pair)[0])
        all_classes.append(classes)
        all_offsets.append(offsets)
    return all_classes, all_offsets


def smooth_l1(differences):
    return [
        0.5 * d * d if abs(d) < 1 else abs(d) - 0.5
        for d in differences.tolist()
    ]


def cross_entropy(logits, classes):
    losses = []
    for row, label in zip(logits.tolist(), classes.tolist()):
        top = max(row)
        total = sum(math.exp(v - top) for v in row)
        losses.append(top + math.log(total) - row[label])
    return losses


def hard_negatives(losses, classes, ratio, minimum):
    masks = []
    for row, labels in zip(losses, classes):
        positives = sum(1 for c in labels if c > 0)
        negatives = [i for i, c in enumerate(labels) if c == 0]
        negatives.sort(key=lambda i: -row[i])
        chosen = negatives[: max(ratio * positives, minimum)]
        masks.append([i in chosen for i in range(len(row))])
    return masks


def localization_loss(offsets, targets, classes):
    total, count = 0.0, 0
    for image in range(len(classes)):
        for anchor, label in enumerate(classes[image]):
            if label > 0:
                d = offsets[image][anchor] - targets[image][anchor]
                total += sum(smooth_l1(d))
                count += 1
    return total / count if count else 0.0


def zero_logits_loss(num_classes, ratio):
    return sum(-math.log(1 / (num_classes + 1)) for _ in range(1 + ratio))


def know_nothing_loss(num_classes, ratio):
    terms = [ratio / (1 + ratio)] * ratio
    terms.append(1 / (1 + ratio) / num_classes)
    return sum(-math.log(probability) for probability in terms)


def learning_rate_at(step, num_steps, most, warmup):
    if step < warmup:
        return (step + 1) / warmup * most
    done = (step - warmup) / (num_steps - warmup)
    return most * math.cos(math.pi * done / 2) ** 2


def softmax(logits):
    rows = []
    for row in logits.tolist():
        exp = [math.exp(v - max(row)) for v in row]
        rows.append([e / sum(exp) for e in exp])
    return rows


def nms(boxes, scores, iou_threshold):
    left = sorted(range(len(boxes)), key=lambda i: -scores[i])
    kept = []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [i for i in left if iou(boxes[best], boxes[i]) <= iou_threshold]
    return kept


def batched_nms(boxes, scores, classes, iou_threshold):
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        rivals = [j for j in kept if classes[j] == classes[i]]
        if all(iou(boxes[i], boxes[j]) <= iou_threshold for j in rivals):
            kept.append(i)
    return kept


def soft_nms(boxes, scores, sigma):
    scores = list(map(float, scores))
    left = set(range(len(boxes)))
    while left:
        best = max(left, key=lambda i: scores[i])
        left.remove(best)
        for i in left:
            scores[i] *= math.exp(-(iou(boxes[best], boxes[i]) ** 2) / sigma)
    return scores


def vote_boxes(boxes, scores, classes, kept, iou_threshold):
    moved = []
    for k in kept:
        voters = [
            i
            for i in range(len(boxes))
            if classes[i] == classes[k]
            and iou(boxes[i], boxes[k]) >= iou_threshold
        ]
        total = sum(float(scores[i]) for i in voters)
        moved.append(
            [
                sum(float(scores[i]) * boxes[i][n] for i in voters) / total
                for n in range(4)
            ]
        )
    return moved


def merge_tiles(windows, boxes, scores, iou_threshold):
    every, all_scores = [], []
    for (left, top, right, bottom), found, values in zip(
        windows, boxes, scores
    ):
        for (a, b, c, d), score in zip(found, values):
            w, h = right - left, bottom - top
            every.append([left + a * w, top + b * h, left + c * w, top + d * h])
            all_scores.append(score)
    kept = nms(every, all_scores, iou_threshold)
    return [every[i] for i in kept], [all_scores[i] for i in kept]


def match_detections(boxes, scores, truths, iou_threshold):
    matches, taken = [-1] * len(boxes), set()
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        values = [iou(boxes[i], t) for t in truths]
        if values and max(values) >= iou_threshold:
            best = values.index(max(values))
            if best not in taken:
                matches[i] = best
                taken.add(best)
    return matches


def precision_recall(scores, hits, num_truths):
    precision, recall, found = [], [], 0
    for n, i in enumerate(sorted(range(len(scores)), key=lambda i: -scores[i])):
        found += bool(hits[i])
        precision.append(found / (n + 1))
        recall.append(found / num_truths)
    return precision, recall


def average_precision(precision, recall):
    area, reached = 0, 0
    for i in range(len(precision)):
        area += (recall[i] - reached) * max(precision[i:])
        reached = recall[i]
    return area


def ap_11_points(precision, recall):
    total = 0
    for point in range(11):
        pairs = zip(precision, recall)
        total += max((p for p, r in pairs if r >= point / 10), default=0)
    return total / 11
