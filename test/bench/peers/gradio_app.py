"""The same two spaces in Gradio: `python gradio_app.py noop|classifier PORT MODEL_FOLDER`."""

import json
import sys

import gradio as gr

kind, port, model = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def noop():
    return gr.Interface(lambda x: x, gr.Number(value=1), gr.Number(), api_name="predict")


def classifier():
    import numpy as np
    import onnxruntime as ort
    from PIL import Image, ImageOps

    config = json.load(open(f"{model}/config.json"))
    processor = json.load(open(f"{model}/preprocessor_config.json"))
    session = ort.InferenceSession(f"{model}/onnx/model_quantized.onnx")
    mean, std = np.array(processor["image_mean"]), np.array(processor["image_std"])
    edge = processor["size"]["shortest_edge"]

    def classify(photo):
        photo = ImageOps.exif_transpose(photo).convert("RGB")
        width, height = photo.size
        scale = edge / min(width, height)
        size = (edge if width <= height else int(width * scale), edge if height <= width else int(height * scale))
        photo = photo.resize(size, Image.BILINEAR)
        left, top = (size[0] - edge) // 2, (size[1] - edge) // 2
        pixels = np.asarray(photo.crop((left, top, left + edge, top + edge))) / 255
        values = ((pixels - mean) / std).transpose(2, 0, 1)[None].astype("float32")
        logits = session.run(None, {"pixel_values": values})[0][0]
        scores = np.exp(logits - logits.max())
        scores /= scores.sum()
        return {config["id2label"][str(i)]: float(scores[i]) for i in scores.argsort()[::-1][:5]}

    return gr.Interface(classify, gr.Image(type="pil"), gr.Label(num_top_classes=5), flagging_mode="never", api_name="predict")


(noop if kind == "noop" else classifier)().queue().launch(server_name="127.0.0.1", server_port=port, quiet=True)
